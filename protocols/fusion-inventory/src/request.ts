/**
 * Requests of an agent: the older ones in XML, the newer GLPI ones in JSON.
 *
 * PROLOG (or *contact*) asks whether an inventory is wanted, INVENTORY brings it. Every
 * other query of the protocol is refused.
 *
 * @module
 */
import { decodeUtf8 } from '@sallygate/base/bytes'
import { Failure } from '@sallygate/base/failure'
import { decodeXml, readXml } from '@sallygate/base/xml'
import { fusionFailure } from './failures.ts'
import { readInventory, type Inventory } from './inventory.ts'
import { jsonSection, xmlSection } from './tree.ts'
import type { Unpacked } from './unpack.ts'

export type AgentRequest =
  | { readonly kind: 'contact'; readonly dialect: 'xml' | 'json'; readonly agentId: string }
  | {
      readonly kind: 'inventory'
      readonly dialect: 'xml' | 'json'
      readonly inventory: Inventory
      readonly isPartial: boolean
    }

const limits = { maxCharacters: 16 * 1024 * 1024, maxDepth: 16, maxElements: 200_000 }
const deepestJson = 24

/** @throws INVENTORY_AGENT_UNREADABLE, INVENTORY_AGENT_TOO_LARGE, INVENTORY_AGENT_UNSUPPORTED. */
export function readAgentRequest(body: Unpacked): AgentRequest {
  const first = body.bytes.subarray(0, 200).toString('latin1').trimStart()[0]
  return first === '{' ? readJsonRequest(body.bytes) : readXmlRequest(body.bytes)
}

function readXmlRequest(bytes: Uint8Array): AgentRequest {
  const root = orUnreadable('XML', () => readXml(decodeXml(bytes), limits))
  if (root.name.toUpperCase() !== 'REQUEST') throw unreadable('a REQUEST')
  const request = xmlSection(root)
  const agentId = agentIdOf(request.text('deviceid'))
  const query = request.text('query')?.toUpperCase()
  if (query === 'PROLOG') return { kind: 'contact', dialect: 'xml', agentId }
  if (query !== 'INVENTORY') throw fusionFailure('UNSUPPORTED', { details: { query: (query ?? 'none').slice(0, 40) } })
  const [content] = request.sections('content')
  if (content === undefined) throw unreadable('CONTENT')
  return { kind: 'inventory', dialect: 'xml', inventory: readInventory(agentId, content), isPartial: false }
}

function readJsonRequest(bytes: Uint8Array): AgentRequest {
  const text = orUnreadable('UTF-8', () => decodeUtf8(bytes))
  if (depthBeyond(text, deepestJson)) throw fusionFailure('TOO_LARGE', { details: { deepest: deepestJson } })
  const request = jsonSection(orUnreadable('JSON', () => JSON.parse(text) as unknown))
  const agentId = agentIdOf(request.text('deviceid'))
  const action = (request.text('action') ?? request.text('query'))?.toLowerCase()
  if (action === 'contact' || action === 'prolog') return { kind: 'contact', dialect: 'json', agentId }
  if (action !== 'inventory')
    throw fusionFailure('UNSUPPORTED', { details: { query: (action ?? 'none').slice(0, 40) } })
  const itemType = request.text('itemtype')
  if (itemType !== undefined && itemType !== 'Computer' && itemType !== 'Phone')
    throw fusionFailure('UNSUPPORTED', { details: { query: itemType.slice(0, 40) } })
  const [content] = request.sections('content')
  if (content === undefined) throw unreadable('content')
  const isPartial = request.text('partial') === '1'
  return { kind: 'inventory', dialect: 'json', inventory: readInventory(agentId, content), isPartial }
}

function agentIdOf(text: string | undefined): string {
  if (text === undefined || text.length > 255) throw unreadable('a DEVICEID of at most 255 characters')
  return text
}

/** Before the parser recurses over them. */
function depthBeyond(text: string, deepest: number): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 0x5c) at++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > deepest) return true
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return false
}

function orUnreadable<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const isTooLarge = cause instanceof Failure && cause.code === 'BASE_TOO_LARGE'
    if (isTooLarge) throw fusionFailure('TOO_LARGE', { cause, details: cause.details })
    const expected = cause instanceof Failure ? cause.details['expected'] : what
    throw unreadable(typeof expected === 'string' ? expected : what, cause)
  }
}

function unreadable(expected: string, cause?: unknown): Failure {
  return fusionFailure('UNREADABLE', { cause, details: { expected } })
}
