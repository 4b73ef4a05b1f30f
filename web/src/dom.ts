/** Elements from words and numbers; never from markup, so nothing that is said can become code. */

type Value = string | number | boolean | null | undefined | ((event: Event) => void);
export type Child = Node | string | null;

/** An element. Functions listen (`onclick`), null and false leave an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** The element of the page with this id, which the page's own HTML must have. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${id}.`);
  return found;
}

/** A piece of the page, made anew only when what it says (`of`) is no longer the same. */
export interface Part {
  name: string;
  of: unknown;
  make: () => HTMLElement;
}

/** Keeps a list of parts in place, so that news never disturbs what a reader is typing. */
export class Parts {
  readonly #root: HTMLElement;
  #shown = new Map<string, { of: string; element: HTMLElement }>();

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** Shows these parts in this order. Focus stays where it was, if there is such a place still. */
  show(parts: readonly Part[]): void {
    const focused = this.#root.contains(document.activeElement) ? document.activeElement : null;
    const before = this.#shown;
    this.#shown = new Map(
      parts.map(({ name, of, make }) => {
        const said = JSON.stringify(of);
        const known = before.get(name);
        return [name, known?.of === said ? known : { of: said, element: make() }];
      }),
    );
    const elements = Array.from(this.#shown.values(), (shown) => shown.element);
    for (const child of Array.from(this.#root.childNodes)) {
      if (!elements.some((element) => element === child)) child.remove();
    }
    let next = this.#root.firstChild;
    for (const element of elements) {
      if (element === next) next = next.nextSibling;
      else this.#root.insertBefore(element, next);
    }
    if (focused && !focused.isConnected) this.#refocus(focused.id);
  }

  #refocus(id: string): void {
    const same = id ? document.getElementById(id) : null;
    (same ?? this.#root.querySelector("h1"))?.focus();
  }
}
