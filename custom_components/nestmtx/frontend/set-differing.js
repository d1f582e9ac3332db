// @ts-check
/** Change the page only where something differs, as each change costs a layout. */

/**
 * Set a text. An unchanged text would be laid out and announced by screen readers again.
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
