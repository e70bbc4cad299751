/** Deletes the copy of a searched picture (see picture-search.js) on every page except the search's own pages and those of works. */

if (!/^\/(search\/picture|works)\//.test(location.pathname)) {
  try {
    sessionStorage.removeItem("kindred:searched-picture");
  } catch {
    // storage is switched off, so nothing was stored
  }
}
