/** Keeps the view of the map in the address of the page, and in the links to the list and the map. */

const QUIET_MS = 300;
let timer = 0;

/**
 * Write the place, the zoom, the selected work and the set into the address once nothing has changed for a moment.
 * `read` returns the id of the work and the ids of the set, at most as many as an address can have.
 */
export function write(camera, read) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const { work, works } = read();
    const given = [...new URLSearchParams(location.search)];
    const query = new URLSearchParams(given.filter(([, value]) => value)); // a form sends its empty fields too
    query.delete("page");
    const isMoved = !camera.isAtHome();
    for (const [name, value] of Object.entries({ x: camera.x.toFixed(4), y: camera.y.toFixed(4), zoom: camera.zoom().toFixed(2) })) {
      if (isMoved) query.set(name, value);
      else query.delete(name);
    }
    if (!query.has("token")) set(query, "work", work === null ? "" : String(work));
    set(query, "works", works.join(","));
    history.replaceState(null, "", textOf(query));
    const list = new URLSearchParams(query);
    list.set("as", "list");
    document.getElementById("as-list").href = textOf(list);
  }, QUIET_MS);
}

function set(query, name, value) {
  if (value) query.set(name, value);
  else query.delete(name);
}

function textOf(query) {
  const text = query.toString().replaceAll("%2C", ",");
  return text ? `?${text}` : location.pathname;
}
