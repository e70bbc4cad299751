// The texts of scripts in the page's language. English pages load no catalogue: a text is its own translation.
const { django } = globalThis;

export const gettext = django?.gettext ?? ((text) => text);
export const ngettext = django?.ngettext ?? ((one, many, count) => (count === 1 ? one : many));

// Replace each %(name)s in a text by the value of that name.
export const interpolate = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

export const language = document.documentElement.lang;
