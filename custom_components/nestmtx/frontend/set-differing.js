// @ts-check
/** Changes of the page that are made only where something differs: each costs a layout. */

/**
 * What is set again would be laid out, and read out, again.
 * @type {(element: Element, text: string) => void}
 */
export const setText = (element, text) => {
  if (element.textContent !== text) element.replaceChildren(text);
};

/**
 * Set an attribute, or remove it.
 * @type {(element: Element, name: string, value: string | undefined) => void}
 */
export const setAttribute = (element, name, value) => {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
};

/** @type {(element: HTMLElement, isHidden: boolean) => void} */
export const setHidden = (element, isHidden) => {
  if (element.hidden !== isHidden) element.toggleAttribute("hidden", isHidden);
};
