/** How each work is drawn: as usual, dim, or with a frame. */

const [USUAL, DIM, FRAMED] = [0, 1, 2];

export function createStates(data, rows) {
  const values = new Uint8Array(data.count);
  let kept = null; // rows that match the filters, or null for all
  let group = null; // the place of a group in the header, or null
  let chosen = new Set();
  let selected = null;

  const numberOf = (place) => data.groups[place - 1]?.number;
  const isInGroup = (row) => group === null || numberOf(data.first[row]) === group || numberOf(data.second[row]) === group;
  const isKept = (row) => (!kept || kept.has(row)) && isInGroup(row);

  return {
    values,
    /** Keep the works with these ids as usual, and dim the others; null keeps all. */
    keep(works) {
      kept = works && new Set(works.map((work) => rows.get(work)));
    },
    keepGroup(number) {
      group = number;
    },
    choose(works) {
      chosen = new Set(works.map((work) => rows.get(work)));
    },
    select(work) {
      selected = work === null ? null : rows.get(work);
    },
    apply() {
      const isSet = chosen.size > 0;
      for (let row = 0; row < values.length; row++) {
        values[row] = row === selected ? FRAMED : isKept(row) && (!isSet || chosen.has(row)) ? USUAL : DIM;
      }
    },
  };
}
