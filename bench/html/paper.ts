/**
 * As much of a document as the plotting library draws on: elements that are appended to one another and written down as SVG.
 * (Documents of npm that can do this weigh more than the library: linkedom adds 105 kB to the packed package, Plot 92 kB.)
 */

import { escape } from "./escape.ts";

const XHTML = "http://www.w3.org/1999/xhtml";

class Text {
  readonly #data: string;

  constructor(data: string) {
    this.#data = data;
  }

  toString(): string {
    return escape(this.#data);
  }
}

class Element {
  readonly ownerDocument: Paper;
  readonly tagName: string;
  readonly namespaceURI: string;
  readonly style: { setProperty(name: string, value: string): void };
  readonly #attributes = new Map<string, string>();
  readonly #styles = new Map<string, string>();
  #children: (Element | Text)[] = [];

  constructor(paper: Paper, namespace: string, name: string) {
    this.ownerDocument = paper;
    this.namespaceURI = namespace;
    this.tagName = name;
    this.style = { setProperty: (property, value) => void this.#styles.set(property, value) };
  }

  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, String(value));
  }

  setAttributeNS(_namespace: string, name: string, value: unknown): void {
    this.setAttribute(name, value);
  }

  removeAttribute(name: string): void {
    this.#attributes.delete(name);
  }

  appendChild<Child extends Element | Text>(child: Child): Child {
    return this.insertBefore(child, null);
  }

  insertBefore<Child extends Element | Text>(child: Child, before: Element | Text | null): Child {
    const place = before === null ? this.#children.length : this.#children.indexOf(before);
    this.#children.splice(place, 0, child);
    return child;
  }

  set textContent(text: unknown) {
    this.#children = [new Text(String(text))];
  }

  toString(): string {
    const styles = [...this.#styles].map(([name, value]) => `${name}: ${value}`).join("; ");
    const attributes = [...this.#attributes, ...(styles === "" ? [] : [["style", styles] as const])];
    const head = attributes.map(([name, value]) => ` ${name}="${escape(value)}"`).join("");
    return `<${this.tagName}${head}>${this.#children.join("")}</${this.tagName}>`;
  }
}

/** The document. */
export class Paper {
  readonly documentElement: Element = new Element(this, XHTML, "html");

  createElementNS(namespace: string, name: string): Element {
    return new Element(this, namespace, name);
  }

  createElement(name: string): Element {
    return new Element(this, XHTML, name);
  }

  createTextNode(data: string): Text {
    return new Text(data);
  }
}
