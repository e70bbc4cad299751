/** Short lists of ids in the browser's storage. Without storage a list is empty, and nothing is kept. */

/** Works that the visitor keeps in this browser, and works that this tab has shown. most: ids, the last ones. */
export const FAVOURITES = { storage: () => localStorage, key: "kindred:favourites", most: 60 };
export const TRAIL = { storage: () => sessionStorage, key: "kindred:trail", most: 30 };
const ID = /^[0-9]{1,18}$/;

/** Return the ids of a list, as text. */
export function read(list) {
  try {
    return (list.storage().getItem(list.key) ?? "").split(",").filter((id) => ID.test(id));
  } catch {
    return []; // storage is switched off
  }
}

/** Store the ids of a list. Return false if the browser refuses. */
export function write(list, ids) {
  try {
    list.storage().setItem(list.key, ids.join(","));
    return true;
  } catch {
    return false; // storage is switched off or full
  }
}
