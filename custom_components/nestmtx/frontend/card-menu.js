// @ts-check
/** The menu of a card, in the top layer, so that it is not clipped by the card. */

/**
 * A menu item; a switch if `isOn` is defined.
 * @typedef {Readonly<{
 *   icon: string,
 *   label: string,
 *   help?: string,
 *   isOn?: boolean,
 *   isDisabled?: boolean,
 *   choose: () => void,
 * }>} MenuItem
 */

const STYLE = `
  .menu {
    position: fixed; inset: auto; margin: 0; padding: 8px 0; border: 0; border-radius: 12px;
    pointer-events: auto;
    min-width: 200px; max-width: min(320px, calc(100vw - 16px)); box-sizing: border-box;
    color: var(--primary-text-color); background: var(--card-background-color, white);
    box-shadow: 0 4px 20px rgb(0 0 0 / 35%); font-size: 14px; --mdc-icon-size: 20px;
  }
  .item {
    display: flex; align-items: center; gap: 12px; width: 100%; min-height: 44px;
    padding: 6px 16px; background: none; text-align: start;
  }
  .item:is(:hover, :focus-visible) { background: rgb(127 127 127 / 16%); }
  .menu .item:focus-visible { outline-color: var(--primary-color); }
  .item[aria-disabled="true"] { opacity: 0.45; cursor: default; }
  .item ha-icon { flex: none; color: var(--secondary-text-color); }
  .item > span { flex: 1; }
  .item small { display: block; color: var(--secondary-text-color); font-size: 12px; }
  .item .check { visibility: hidden; color: var(--primary-color); }
  .item[aria-checked="true"] .check { visibility: visible; }
`;
/** One style sheet shared by all menus. */
export const MENU_STYLE = new CSSStyleSheet();
MENU_STYLE.replaceSync(STYLE);
const MARGIN = 8;

/** @type {(icon: string, className?: string) => HTMLElement} */
const iconElement = (icon, className = "") => {
  const element = document.createElement("ha-icon");
  element.setAttribute("icon", icon);
  element.className = className;
  return element;
};

export class CardMenu {
  #element = document.createElement("div");
  #button;
  /** Whether a click on the button closes the menu: the page closes it before the click. */
  #isClosing = false;

  /** @param {HTMLElement} button */
  constructor(button) {
    this.#button = button;
    this.#element.className = "menu";
    this.#element.popover = "auto";
    this.#element.setAttribute("role", "menu");
    this.#element.addEventListener("keydown", (event) => this.#move(event));
    this.#element.addEventListener("toggle", (event) => this.#toggled(event));
    button.addEventListener("pointerdown", () => {
      this.#isClosing = this.isOpen;
    });
    button.after(this.#element);
  }

  /**
   * Open the menu, unless this click has closed it.
   * @param {readonly MenuItem[]} items
   */
  open(items) {
    const isClosing = this.#isClosing;
    this.#isClosing = false;
    if (isClosing) return;
    this.#element.replaceChildren(...items.map((item) => this.#itemElement(item)));
    this.#element.showPopover();
    this.#place();
    this.#items[0]?.focus();
  }

  close() {
    if (this.isOpen) this.#element.hidePopover();
  }

  get isOpen() {
    return this.#element.matches(":popover-open");
  }

  get #items() {
    return /** @type {HTMLElement[]} */ ([...this.#element.children]);
  }

  /** @param {MenuItem} item */
  #itemElement({ icon, label, help, isOn, isDisabled, choose }) {
    const button = document.createElement("button");
    button.className = "item";
    button.setAttribute("role", isOn === undefined ? "menuitem" : "menuitemcheckbox");
    if (isOn !== undefined) button.setAttribute("aria-checked", `${isOn}`);
    if (isDisabled) button.setAttribute("aria-disabled", "true");
    const text = document.createElement("span");
    text.append(label);
    if (help) {
      const small = document.createElement("small");
      small.append(help);
      text.append(small);
    }
    button.append(iconElement(icon), text);
    if (isOn !== undefined) button.append(iconElement("mdi:check", "check"));
    button.addEventListener("click", () => {
      if (isDisabled) return;
      this.close();
      choose();
    });
    return button;
  }

  /** Place the menu below the button, or above it if there is no room, within the page. */
  #place() {
    const button = this.#button.getBoundingClientRect();
    const { offsetWidth, offsetHeight, style } = this.#element;
    const isRightToLeft = getComputedStyle(this.#button).direction === "rtl";
    const left = isRightToLeft ? button.left : button.right - offsetWidth;
    const below = button.bottom + 4;
    const hasRoom = below + offsetHeight + MARGIN <= innerHeight;
    const top = hasRoom ? below : button.top - 4 - offsetHeight;
    style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - offsetWidth - MARGIN))}px`;
    style.top = `${Math.max(MARGIN, Math.min(top, innerHeight - offsetHeight - MARGIN))}px`;
  }

  /** @param {Event} event */
  #toggled(event) {
    const isOpen = /** @type {ToggleEvent} */ (event).newState === "open";
    this.#button.setAttribute("aria-expanded", `${isOpen}`);
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const items = this.#items;
    const root = /** @type {ShadowRoot} */ (this.#element.getRootNode());
    const index = items.indexOf(/** @type {HTMLElement} */ (root.activeElement));
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: items.length - 1 };
    const wanted = next[/** @type {keyof typeof next} */ (event.key)];
    if (event.key === "Tab") this.close();
    if (wanted === undefined) return;
    event.preventDefault();
    items.at(wanted % items.length)?.focus();
  }
}
