/** Short lists of ids in the browser's storage. Without storage a list is empty, and nothing is kept. */

const ID = /^[0-9]{1,18}$/;

/** Return the ids that are stored under a key, as text. */
export function read(storage, key) {
  try {
    return (storage().getItem(key) ?? "").split(",").filter((id) => ID.test(id));
  } catch {
    return []; // storage is switched off
  }
}

/** Store ids under a key. Return false if the browser refuses. */
export function write(storage, key, ids) {
  try {
    storage().setItem(key, ids.join(","));
    return true;
  } catch {
    return false; // storage is switched off or full
  }
}
