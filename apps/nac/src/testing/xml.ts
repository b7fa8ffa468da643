/**
 * Answers, taken apart for tests.
 *
 * @module
 */
import { readXml, type XmlElement as Element } from '@sallygate/base/xml'

export class XmlElement {
  readonly #element: Element

  private constructor(element: Element) {
    this.#element = element
  }

  static read(text: string): XmlElement {
    return new XmlElement(readXml(text))
  }

  /** All below it that have this name. */
  all(name: string): readonly XmlElement[] {
    return this.#flat()
      .filter((element) => element.name === name)
      .map((element) => new XmlElement(element))
  }

  /** What the first of each name says. */
  told(...names: readonly string[]): readonly (string | undefined)[] {
    return names.map((name) => this.#flat().find((element) => element.name === name)?.text)
  }

  #flat(element: Element = this.#element): readonly Element[] {
    return [element, ...element.children.flatMap((child) => this.#flat(child))]
  }
}
