/** Deletes the copy of a searched picture (see picture-search.js) on every page but a search's own and those of works. */

if (!/^\/(search\/picture|works)\//.test(location.pathname)) {
  try {
    sessionStorage.removeItem("kindred:searched-picture");
  } catch {
    // storage is switched off, so nothing was kept
  }
}
