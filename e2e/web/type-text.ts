/**
 * Types as they stand in the sources of the pages: as much of the grammar as shapes of answers need.
 *
 * @module
 */

export type TypeText =
  | { readonly is: 'any' }
  | { readonly is: 'name'; readonly name: string; readonly about: readonly TypeText[] }
  | { readonly is: 'literal'; readonly value: string }
  | { readonly is: 'array'; readonly of: TypeText }
  | { readonly is: 'object'; readonly members: readonly Member[] }
  | { readonly is: 'union'; readonly parts: readonly TypeText[] }
  | { readonly is: 'all'; readonly parts: readonly TypeText[] }

export interface Member {
  readonly name: string
  readonly isOptional: boolean
  readonly type: TypeText
}

const token = /'[^']*'|[A-Za-z_$][\w$]*|=>|[{}()[\]<>|&?:;,=]/g

/** Reads one type, from its first token on. What it does not understand is an error: a check that skips is none. */
export function readType(text: string): TypeText {
  return new Reader(withoutComments(text)).type()
}

/** Every interface, and every type that is another name for a shape, by its name. */
export function readDeclarations(source: string): ReadonlyMap<string, TypeText> {
  const text = withoutComments(source)
  const found = new Map<string, TypeText>()
  const add = (name: string, read: () => TypeText) => {
    try {
      found.set(name, read())
    } catch {
      // It is no shape of an answer: it holds functions. Where one is asked for all the same, it is not found.
    }
  }
  for (const { 1: name = '', 2: above = '', index, 0: head } of text.matchAll(
    /^(?:export )?interface (\w+)(?:<\w+>)?(?: extends ([^{]+))? (?=\{)/gm,
  )) {
    add(name, () => {
      const own = new Reader(text.slice(index + head.length)).type()
      const parts = above === '' ? [] : above.split(',').map((one) => readType(one))
      return parts.length === 0 ? own : { is: 'all', parts: [...parts, own] }
    })
  }
  for (const { 1: name = '', index, 0: head } of text.matchAll(/^(?:export )?type (\w+) =/gm)) {
    add(name, () => new Reader(text.slice(index + head.length)).type())
  }
  return found
}

const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')

class Reader {
  readonly #tokens: IterableIterator<RegExpExecArray>
  #next = ''

  constructor(text: string) {
    this.#tokens = text.matchAll(token)
    this.#take()
  }

  type(): TypeText {
    if (this.#next === '|') this.#take()
    return this.#several('union', '|', () => this.#several('all', '&', () => this.#single()))
  }

  #several(is: 'union' | 'all', sign: string, read: () => TypeText): TypeText {
    const parts = [read()]
    while (this.#next === sign) {
      this.#take()
      parts.push(read())
    }
    return parts.length === 1 ? parts[0]! : { is, parts }
  }

  #single(): TypeText {
    let read = this.#primary()
    while (this.#next === '[') {
      this.#take()
      this.#expect(']')
      read = { is: 'array', of: read }
    }
    return read
  }

  #primary(): TypeText {
    const first = this.#take()
    if (first === 'readonly') return this.#single()
    if (first === '{') return this.#members()
    if (first.startsWith("'")) return { is: 'literal', value: first.slice(1, -1) }
    if (first === '(') {
      const inner = this.type()
      this.#expect(')')
      return inner
    }
    if (!/^\w+$/.test(first)) throw new Error(`no type begins with ${first}`)
    if (first === 'unknown' || first === 'object') return { is: 'any' }
    if (this.#next !== '<') return { is: 'name', name: first, about: [] }
    const about: TypeText[] = []
    while (/^[<,]$/.test(this.#next)) {
      this.#take()
      about.push(this.type())
    }
    this.#expect('>')
    return { is: 'name', name: first, about }
  }

  #members(): TypeText {
    const members: Member[] = []
    while (this.#next !== '}') {
      if (this.#next === 'readonly') this.#take()
      const name = this.#take()
      const isOptional = this.#next === '?'
      if (isOptional) this.#take()
      this.#expect(':')
      members.push({ name, isOptional, type: this.type() })
      if (this.#next === ';' || this.#next === ',') this.#take()
    }
    this.#take()
    return { is: 'object', members }
  }

  #take(): string {
    const taken = this.#next
    const { value } = this.#tokens.next() as { value: RegExpExecArray | undefined }
    this.#next = value?.[0] ?? ''
    return taken
  }

  #expect(wanted: string): void {
    const taken = this.#take()
    if (taken !== wanted) throw new Error(`${wanted} was expected, and ${taken} is there`)
  }
}
