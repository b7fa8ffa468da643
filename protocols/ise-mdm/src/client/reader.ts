/**
 * Reads `ise_api` documents as ISE does: strict about XML, tolerant about dress.
 *
 * Real servers send default namespaces, prefixes and capital letters (Intune does), and
 * ISE copes. So does this reader, but it remarks on it: other clients of the same API
 * do not cope, and an administrator wants to know.
 *
 * @module
 */
import { decodeXml, readXml, type XmlElement } from '@sallygate/base/xml'
import { Failure } from '@sallygate/base/failure'
import { iseClientFailure } from './failures.ts'

/** What was read, and what was odd about it: sentences, each once. */
export interface Read<T> {
  readonly value: T
  readonly remarks: readonly string[]
}

/** An answer may hold `query_max_size` devices of a few thousand characters each. */
const limits = { maxCharacters: 64 * 1024 * 1024, maxDepth: 16, maxElements: 1_000_000 }

export class IseDocument {
  readonly #root: XmlElement
  readonly #remarks = new Set<string>()

  /** @throws ISE_CLIENT_ANSWER_UNREADABLE. */
  constructor(body: Uint8Array, name: string) {
    this.#root = parse(body)
    this.#judge(this.#root)
    if (localName(this.#root) !== 'ise_api') throw unreadable('a root element ise_api')
    const said = this.text(this.#root, 'name')
    if (said === undefined) this.remark('The answer does not say its name.')
    else if (said.toLowerCase() !== name) throw unreadable(`an answer named ${name}`)
  }

  get root(): XmlElement {
    return this.#root
  }

  get remarks(): readonly string[] {
    return [...this.#remarks]
  }

  remark(sentence: string): void {
    // A hostile server must not fill the screen.
    if (this.#remarks.size < 20) this.#remarks.add(sentence)
  }

  children(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
    return parent?.children.filter((child) => localName(child) === name) ?? []
  }

  child(parent: XmlElement | undefined, name: string): XmlElement | undefined {
    return parent?.children.find((child) => localName(child) === name)
  }

  /** The text of a child; `undefined` when it is absent or empty, which ISE treats alike. */
  text(parent: XmlElement | undefined, name: string): string | undefined {
    const text = this.child(parent, name)?.text
    return text === undefined || text === '' ? undefined : text.slice(0, 2000)
  }

  truth(parent: XmlElement | undefined, name: string): boolean | undefined {
    const text = this.text(parent, name)
    if (text === undefined) return undefined
    if (text !== 'true' && text !== 'false') this.remark(`${name} is not written as true or false, in lower case.`)
    if (/^(?:true|1)$/i.test(text)) return true
    return /^(?:false|0)$/i.test(text) ? false : undefined
  }

  integer(parent: XmlElement | undefined, name: string): number | undefined {
    const text = this.text(parent, name)
    if (text === undefined) return undefined
    if (/^-?\d{1,15}$/.test(text)) return Number(text)
    this.remark(`${name} is not a number.`)
    return undefined
  }

  #judge(element: XmlElement): void {
    if (element.name.includes(':')) this.remark('Element names have a prefix; PacketFence cannot read those.')
    const local = element.name.slice(element.name.indexOf(':') + 1)
    if (local !== wireNames.get(local.toLowerCase()) && wireNames.has(local.toLowerCase()))
      this.remark(`${local} is written with other capitals than Cisco’s; ISE copes, others do not.`)
    for (const name of element.attributes.keys()) {
      if (name === 'xmlns') this.remark('The answer has a default namespace; ISE copes.')
      else if (!name.startsWith('xmlns:')) this.remark(`${local} has an attribute; PacketFence cannot read that.`)
    }
    for (const child of element.children) this.#judge(child)
  }
}

/** Every name is lower case but these. */
const wireNames = new Map(
  [
    'ise_api',
    'name',
    'api_version',
    'api_path',
    'paging_info',
    'deviceList',
    'device',
    'attributes',
    'compliance',
    'status',
    'macaddress',
    'guid',
    'register_status',
    'lastCheckinTimeStamp',
    'result',
  ].map((name) => [name.toLowerCase(), name]),
)

function localName(element: XmlElement): string {
  return element.name.slice(element.name.indexOf(':') + 1).toLowerCase()
}

function parse(body: Uint8Array): XmlElement {
  try {
    return readXml(decodeXml(body), limits)
  } catch (cause) {
    const expected = cause instanceof Failure ? cause.details['expected'] : undefined
    throw unreadable(typeof expected === 'string' ? expected : 'XML within its limits', cause)
  }
}

export function unreadable(expected: string, cause?: unknown): Failure {
  return iseClientFailure('ANSWER_UNREADABLE', { cause, details: { expected } })
}
