/**
 * One client of the small server: what it may do, and the pages it has open.
 *
 * @module
 */
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import { TLSSocket, type SecureContext } from 'node:tls'
import { pagedResults, readPage, type Control } from './controls.ts'
import { MessageFramer } from './framer.ts'
import { malformed } from './failures.ts'
import { decodeMessage } from './message-decoder.ts'
import { encodeMessage } from './message-encoder.ts'
import { extendedOids, type LdapMessage, type LdapOperation, type LdapResult, type SearchRequest } from './message.ts'
import { resultCodes, type ResultName } from './result-codes.ts'
import type { LdapServerOptions } from './server.ts'
import { selectAttributes, type TreeEntry } from './tree.ts'

interface Shared {
  readonly options: LdapServerOptions
  readonly secureContext: SecureContext | undefined
  readonly counts: { binds: number; searches: number }
}

/** A request is a filter and some names. */
const maxRequestBytes = 256 * 1024
const maxOpenPages = 8

export function ldapResult(name: ResultName, diagnostic = ''): LdapResult {
  return { code: resultCodes[name], matchedDn: '', diagnostic, referrals: [] }
}

export class ServerConnection {
  #stream: Duplex
  #isEncrypted: boolean
  readonly #shared: Shared
  readonly #framer = new MessageFramer(maxRequestBytes)
  #boundName = ''
  /** Entries still to be given, by cookie. A cookie is good on this connection only. */
  readonly #pages = new Map<string, readonly TreeEntry[]>()
  #cookies = 0

  constructor(socket: Socket, isEncrypted: boolean, shared: Shared) {
    this.#stream = socket
    this.#isEncrypted = isEncrypted
    this.#shared = shared
    this.#listen(socket)
  }

  #listen(stream: Duplex): void {
    stream.on('data', this.#onData)
    stream.on('error', () => stream.destroy())
    stream.on('end', () => stream.destroy())
  }

  readonly #onData = (chunk: Buffer) => {
    try {
      for (const bytes of this.#framer.push(chunk)) this.#onMessage(decodeMessage(bytes))
    } catch {
      const result = ldapResult('protocolError', 'not a request this server reads')
      this.#send(0, { kind: 'extendedResponse', result, oid: extendedOids.noticeOfDisconnection })
      this.#stream.end(() => this.#stream.destroy())
    }
  }

  #onMessage({ id, operation, controls }: LdapMessage): void {
    if (operation.kind === 'bindRequest') return this.#bind(id, operation)
    if (operation.kind === 'searchRequest') return this.#search(id, operation, controls)
    if (operation.kind === 'extendedRequest') return this.#extended(id, operation.oid)
    if (operation.kind === 'abandonRequest') return undefined
    // Modify, add, delete, …: this server reads. It says so and ends, as for what it cannot read at all.
    if (operation.kind === 'other') throw malformed('an operation that is not served')
    // Goodbye, or answers where only requests belong.
    this.#stream.destroy()
    return undefined
  }

  #bind(id: number, request: Extract<LdapOperation, { kind: 'bindRequest' }>): void {
    const { options, counts } = this.#shared
    counts.binds++
    // RFC 4511 4.2.1: whatever comes of it, the client is anonymous until the bind has succeeded.
    this.#boundName = ''
    const answer = (result: LdapResult, controls?: readonly Control[]) =>
      this.#send(id, { kind: 'bindResponse', result }, controls)
    if (request.version !== 3) return answer(ldapResult('protocolError', 'version 3 only'))
    if (request.credentials.kind === 'sasl') return answer(ldapResult('authMethodNotSupported', 'simple bind only'))
    const password = Buffer.from(request.credentials.password).toString('utf8')
    if (request.name === '' && password === '') return answer(ldapResult('success'))
    if (options.requireTls === true && !this.#isEncrypted) {
      return answer(ldapResult('confidentialityRequired', 'TLS first'))
    }
    // RFC 4513 5.1.2: a name without a password proves nothing; servers should refuse it, and this one does.
    if (password === '') return answer(ldapResult('unwillingToPerform', 'no password'))
    const decision = options.authenticate(request.name, password)
    if (decision.result.code === resultCodes.success) this.#boundName = request.name
    return answer(decision.result, decision.controls)
  }

  #search(id: number, request: SearchRequest, controls: readonly Control[]): void {
    const { options, counts } = this.#shared
    counts.searches++
    const isRootQuestion = request.base === '' && request.scope === 'base'
    if (!isRootQuestion) {
      if (options.requireTls === true && !this.#isEncrypted) {
        return this.#send(id, searchDone('confidentialityRequired', 'TLS first'))
      }
      if (this.#boundName === '' && options.allowAnonymousSearch !== true) {
        return this.#send(id, searchDone('insufficientAccessRights', 'bind first'))
      }
    }
    const page = readPage(controls)
    const cookie = page === undefined ? '' : Buffer.from(page.cookie).toString('latin1')
    const found = cookie === '' ? this.#find(request) : this.#pages.get(cookie)
    this.#pages.delete(cookie)
    if (typeof found === 'string') return this.#send(id, searchDone(found))
    if (found === undefined) return this.#send(id, searchDone(cookie === '' ? 'noSuchObject' : 'unwillingToPerform'))
    if (page !== undefined) return this.#sendPage(id, request, found, page.size)
    const limit = Math.min(request.sizeLimit || Infinity, options.sizeLimit ?? Infinity)
    this.#sendEntries(id, request, found.slice(0, limit))
    return this.#send(id, searchDone(found.length > limit ? 'sizeLimitExceeded' : 'success'))
  }

  #find(request: SearchRequest): readonly TreeEntry[] | undefined | ResultName {
    try {
      return this.#shared.options.tree.search(request.base, request.scope, request.filter)
    } catch {
      return 'invalidDnSyntax'
    }
  }

  #sendPage(id: number, request: SearchRequest, found: readonly TreeEntry[], size: number): void {
    const rest = found.slice(size)
    this.#sendEntries(id, request, found.slice(0, size))
    let cookie = ''
    if (rest.length > 0 && size > 0) {
      cookie = `page-${++this.#cookies}`
      this.#pages.set(cookie, rest)
      const oldest = this.#pages.keys().next()
      if (this.#pages.size > maxOpenPages && oldest.done !== true) this.#pages.delete(oldest.value)
    }
    const control = pagedResults({ size: found.length, cookie: Buffer.from(cookie, 'latin1') })
    this.#send(id, searchDone('success'), [{ ...control, isCritical: false }])
  }

  #sendEntries(id: number, request: SearchRequest, entries: readonly TreeEntry[]): void {
    for (const entry of entries) {
      this.#send(id, { kind: 'searchEntry', ...selectAttributes(entry, request.attributes, request.typesOnly) })
    }
  }

  #extended(id: number, oid: string): void {
    const answer = (result: LdapResult) => this.#send(id, { kind: 'extendedResponse', result })
    if (oid !== extendedOids.startTls) return answer(ldapResult('protocolError', 'unknown extended operation'))
    const { secureContext } = this.#shared
    if (secureContext === undefined) return answer(ldapResult('unavailable', 'no certificate'))
    if (this.#isEncrypted) return answer(ldapResult('operationsError', 'encrypted already'))
    this.#send(id, { kind: 'extendedResponse', result: ldapResult('success'), oid: extendedOids.startTls })
    const plain = this.#stream as Socket
    // What came in the clear behind the request must not be read as if it had been encrypted.
    if (this.#framer.heldBytes > 0) {
      plain.destroy()
      return
    }
    plain.off('data', this.#onData)
    this.#stream = new TLSSocket(plain, { isServer: true, secureContext })
    this.#isEncrypted = true
    this.#boundName = ''
    this.#listen(this.#stream)
  }

  #send(id: number, operation: LdapOperation, controls: readonly Control[] = []): void {
    if (this.#stream.writable) this.#stream.write(encodeMessage({ id, operation, controls }))
  }
}

function searchDone(name: ResultName, diagnostic = ''): LdapOperation {
  return { kind: 'searchDone', result: ldapResult(name, diagnostic) }
}
