"""The decision in SQL, for DuckDB and PostGIS alike.

Tables: reports(row, key, second, lat, lon) · entries(key, profile, valid_from, valid_until) ·
rules(territory, profile, action, start, until, permitted) · territories(number, precedence) ·
pieces(bit, precedence, geom), indexed. `permitted` and `inside` have a bit for each territory.
"""

from __future__ import annotations

from shared import (
    ACTION_DENY,
    ALLOW,
    DENY,
    EXPIRED,
    LISTED,
    NOT_YET_VALID,
    OUT_OF_AREA,
    OUTSIDE,
    PROFILE_DENIED,
    UNGOVERNED,
    UNLISTED,
)

DECIDE = f"""
with placed as (
  select r.row, max(p.precedence) as precedence, bit_or(p.bit) as inside
  from reports r join pieces p on ST_Intersects(p.geom, ST_Point(r.lon, r.lat))
  group by r.row
), known as (
  select r.row, r.second, coalesce(t.number, 0) as territory, coalesce(placed.inside, 0) as inside,
    case when r.second >= e.valid_from and r.second < e.valid_until then e.profile else 0 end as profile,
    case when e.key is null then {UNLISTED} when r.second < e.valid_from then {NOT_YET_VALID}
         when r.second >= e.valid_until then {EXPIRED} else {LISTED} end as basis
  from reports r
  left join placed on placed.row = r.row
  left join territories t on t.precedence = placed.precedence
  left join entries e on e.key = r.key
)
select k.row, k.territory,
  case when k.territory = 0 then {UNGOVERNED}
       when u.action = {ACTION_DENY} or (u.permitted & k.inside) = 0 then {DENY} else {ALLOW} end as verdict,
  case when k.territory = 0 then {OUTSIDE}
       when u.action = {ACTION_DENY} and k.profile > 0 then {PROFILE_DENIED}
       when u.action = {ACTION_DENY} then k.basis
       when (u.permitted & k.inside) = 0 then {OUT_OF_AREA} else k.basis end as reason
from known k
left join rules u on u.territory = k.territory and u.profile = k.profile
  and k.second >= u.start and k.second < u.until
"""
