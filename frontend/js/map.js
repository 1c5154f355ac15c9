// A territory on a map, from our own files only: no tile server, no glyph server, no sprite.
// Where WebGL is missing, the drawing that the server put into the page stays; the table beside it is always there.

import { Map as LiveMap, NavigationControl, setWorkerUrl } from "maplibre-gl";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--gp-${name}`).trim();

function style(world, zones) {
  return {
    version: 8,
    sources: {
      world: { type: "geojson", data: world },
      zones: { type: "geojson", data: zones },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colour("sea") } },
      {
        id: "land",
        type: "fill",
        source: "world",
        filter: ["==", ["get", "kind"], "land"],
        paint: { "fill-color": colour("land") },
      },
      {
        id: "frontiers",
        type: "line",
        source: "world",
        filter: ["==", ["get", "kind"], "borders"],
        paint: { "line-color": colour("frontier"), "line-width": 1 },
      },
      {
        id: "zones",
        type: "fill",
        source: "zones",
        paint: { "fill-color": colour("zone"), "fill-opacity": 0.28 },
      },
      {
        id: "zone-edges",
        type: "line",
        source: "zones",
        paint: { "line-color": colour("zone"), "line-width": 2 },
      },
    ],
  };
}

function webgl() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

function show(place) {
  const { world, zones, worker, bounds, zoomIn, zoomOut, label } = place.dataset;
  setWorkerUrl(new URL(worker, window.location.href).href);
  const canvas = document.createElement("div");
  canvas.className = "gp-map__live";
  place.append(canvas);
  const [west, south, east, north] = bounds.split(",").map(Number);
  const map = new LiveMap({
    container: canvas,
    style: style(new URL(world, window.location.href).href, new URL(zones, window.location.href).href),
    bounds: [
      [west, south],
      [east, north],
    ],
    fitBoundsOptions: { padding: 24 },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    cooperativeGestures: false,
    locale: { "NavigationControl.ZoomIn": zoomIn, "NavigationControl.ZoomOut": zoomOut, "Map.Title": label },
  });
  map.scrollZoom.disable();
  map.addControl(new NavigationControl({ showCompass: false }));
  map.once("load", () => {
    place.querySelector(".gp-map__drawing")?.remove();
    place.dataset.state = "live";
  });
  map.once("error", () => {
    place.dataset.state = "drawn";
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    map.setStyle(style(world, zones));
  });
}

for (const place of document.querySelectorAll("[data-map]")) {
  if (webgl()) {
    show(place);
  } else {
    place.dataset.state = "drawn";
  }
}
