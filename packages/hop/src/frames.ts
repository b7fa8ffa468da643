/**
 * Hop frames: what a peer and the relay say to each other.
 *
 * One binary WebSocket message is one frame: a type byte and a layout. This table is
 * the only place that knows which. The relay routes on these and on nothing else; a
 * frame's `cargo` is a sealed envelope, and no code in this package can open one.
 *
 * @module
 */
import type { Value } from '@sallygate/base/layout'
import { addressLayout, roleWord } from './address.ts'
import type { AttachmentId, CargoToken, GroupId, PeerId, RelayId } from './ids.ts'
import { bytes, fixed, flag, instant, list, name, record, text, u16, u32, u64, u8, word, type Kinds } from './kinds.ts'
import { limits } from './limits.ts'

/** Who may send a frame. */
export type Sender = 'relay' | 'peer' | 'both'

function frame<const Code extends number, const From extends Sender, const Fields extends Kinds>(
  code: Code,
  from: From,
  fields: Fields,
) {
  return { code, from, ...record('frame', fields) }
}

/** Why a socket is not, or no longer, an attachment. */
export const refusal = word({
  badProof: 1,
  notAdmitted: 2,
  wrongVersion: 3,
  busy: 4,
  draining: 5,
  badFrame: 6,
  tooLate: 7,
  spent: 8,
})
/** Why a cargo was not delivered. Nothing is ever said about what is in it. */
export const notDelivered = word({ noSuchPeer: 1, busy: 2, tooLarge: 3, expired: 4, notAllowed: 5 })
export const rosterEvent = word({ joined: 1, left: 2, draining: 3 })
export const departure = word({ stopping: 1, replaced: 2, rebalance: 3 })
export const admissionVerdict = word({
  accepted: 0,
  badSignature: 1,
  stale: 2,
  wrongRelay: 3,
  malformed: 4,
  notAllowed: 5,
  notSaved: 6,
})

export const rosterEntryLayout = record('rosterEntry', {
  role: roleWord,
  group: name<GroupId>(16),
  instance: name<PeerId>(16),
  attachment: name<AttachmentId>(8),
  since: instant,
  isDraining: flag,
})
export type RosterEntry = Value<typeof rosterEntryLayout>

export const frameTable = {
  challenge: frame(0x01, 'relay', { version: u8, relay: name<RelayId>(16), nonce: fixed(32) }),
  attached: frame(0x02, 'relay', {
    attachment: name<AttachmentId>(8),
    pingMs: u32,
    deadMs: u32,
    window: u16,
    time: instant,
  }),
  refused: frame(0x03, 'relay', { reason: refusal, retryAfterMs: u32 }),
  undelivered: frame(0x04, 'relay', { token: name<CargoToken>(8), reason: notDelivered, retryAfterMs: u32 }),
  roster: frame(0x05, 'relay', { entries: list(rosterEntryLayout, limits.rosterEntries) }),
  rosterChange: frame(0x06, 'relay', { event: rosterEvent, entry: rosterEntryLayout }),
  goAway: frame(0x07, 'relay', { afterMs: u32, reason: departure }),
  admitted: frame(0x08, 'relay', { number: u64, ok: flag, reason: admissionVerdict }),
  handedOver: frame(0x09, 'relay', {
    group: name<GroupId>(16),
    instance: name<PeerId>(16),
    attachment: name<AttachmentId>(8),
    successor: name<AttachmentId>(8),
    signature: fixed(64),
  }),
  proof: frame(0x21, 'peer', {
    version: u8,
    role: roleWord,
    group: name<GroupId>(16),
    instance: name<PeerId>(16),
    publicKey: fixed(65),
    signature: fixed(64),
    software: text(limits.softwareBytes),
  }),
  draining: frame(0x22, 'peer', {}),
  credit: frame(0x23, 'peer', { count: u16 }),
  handOver: frame(0x25, 'peer', { successor: name<AttachmentId>(8), signature: fixed(64) }),
  admit: frame(0x24, 'peer', { number: u64, part: u16, parts: u16, bytes: bytes(limits.admissionPartBytes) }),
  cargo: frame(0x41, 'both', {
    to: addressLayout,
    from: addressLayout,
    token: name<CargoToken>(8),
    ttlMs: u32,
    cargo: bytes(limits.cargoBytes),
  }),
  ping: frame(0x42, 'both', { sequence: u32 }),
  pong: frame(0x43, 'both', { sequence: u32 }),
} as const

type Table = typeof frameTable
export type FrameName = keyof Table
type FrameOf<N extends FrameName> = { readonly type: N } & Value<Table[N]>

/** Any frame, told apart by `type`. */
export type Frame = { readonly [N in FrameName]: FrameOf<N> }[FrameName]
export type FrameNamed<N extends FrameName> = Extract<Frame, { readonly type: N }>
export type PeerFrame = Extract<Frame, { readonly type: NamesFrom<'peer' | 'both'> }>
export type RelayFrame = Extract<Frame, { readonly type: NamesFrom<'relay' | 'both'> }>
type NamesFrom<S extends Sender> = { [N in FrameName]: Table[N]['from'] extends S ? N : never }[FrameName]
