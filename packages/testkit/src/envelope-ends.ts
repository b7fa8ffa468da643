/**
 * Both ends of an envelope for tests: a console and its connectors, with keys,
 * clocks and gates, and nothing between them.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { encodeUtf8, randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import {
  BatchSigner,
  ClockOffset,
  EncryptionKeyRing,
  ReceiverContexts,
  ReplyWriter,
  RequestGate,
  sealRequest,
  type GateOptions,
  type HeldTrustSet,
  type KnownOperations,
  type OperationClass,
  type Receipt,
  type Recipient,
  type RequestDraft,
  type SealedRequest,
  type Signer,
} from '@sallygate/envelope'
import {
  keyIdOf,
  makeId,
  makePrivateKey,
  publicKeyOf,
  type GroupId,
  type InstanceId,
  type KeyId,
} from '@sallygate/trust'
import { FakeClock } from './fake-clock.ts'

const classes: Readonly<Record<string, OperationClass>> = {
  'directory.search': 'R',
  'directory.bind': 'B',
  'exchange.allow': 'S',
  'certificates.issue': 'N',
  'mail.send': 'O',
  'directory.sync': 'J',
}

export const sampleOperations: KnownOperations = {
  tableVersion: 1,
  classOf: (operation) => (Object.hasOwn(classes, operation) ? classes[operation] : undefined),
}

export function makeSigner(): Signer & { readonly publicKey: KeyObject } {
  const privateKey = makePrivateKey()
  return { keyId: keyIdOf(privateKey), privateKey, publicKey: publicKeyOf(privateKey) }
}

/** Knows these signers and nobody else. */
export function sendersOf(...signers: readonly { readonly keyId: KeyId; readonly publicKey: KeyObject }[]) {
  return (keyId: KeyId) => signers.find((signer) => signer.keyId === keyId)?.publicKey
}

/** The console's side of one group. */
export class ConsoleEnd {
  readonly clock: Clock
  readonly group: GroupId
  readonly signer = makeSigner()

  constructor(clock: Clock = new FakeClock(), group: GroupId = makeId<GroupId>()) {
    this.clock = clock
    this.group = group
  }

  draft(change: Partial<RequestDraft> = {}): RequestDraft {
    const issuedAt = this.clock.now()
    return {
      direction: 'consoleToConnector',
      group: this.group,
      actingGroup: this.group,
      component: 'deviceServices',
      trustSetNumber: 1,
      operation: 'directory.search',
      class: 'R',
      tableVersion: 1,
      issuedAt,
      deadline: new Date(issuedAt.getTime() + 10_000),
      parameters: encodeUtf8('{"filter":{"attribute":"uid","value":"mara"}}'),
      ...change,
    }
  }

  seal(to: Recipient, change: Partial<RequestDraft> = {}): SealedRequest {
    return sealRequest(this.draft(change), to, this.signer)
  }
}

/** One connector instance, as after a start and a hello. */
export class ConnectorEnd {
  readonly clock: Clock
  readonly instance: InstanceId
  readonly signer: Signer & { readonly publicKey: KeyObject }
  readonly bootNonce = toHex(randomBytes(16))
  readonly keys: EncryptionKeyRing
  readonly batch: BatchSigner
  readonly gate: RequestGate
  readonly messageClock: ClockOffset
  trustSet: HeldTrustSet | undefined
  /** What the gate let through, in order. */
  readonly executed: string[] = []

  constructor(
    console: ConsoleEnd,
    options: Partial<GateOptions> & {
      readonly identity?: ConnectorEnd
      readonly wall?: Clock
    } = {},
  ) {
    const { identity, wall, ...gate } = options
    this.clock = wall ?? console.clock
    this.instance = identity?.instance ?? makeId<InstanceId>()
    this.signer = identity?.signer ?? makeSigner()
    this.batch = new BatchSigner(this.signer)
    this.keys = new EncryptionKeyRing({ clock: this.clock })
    this.trustSet = { number: 1, notAfter: new Date(console.clock.now().getTime() + 86_400_000), suiteFloor: 1 }
    this.messageClock = new ClockOffset(this.clock)
    this.messageClock.observe(console.clock.now(), this.clock.monotonicMs(), this.clock.monotonicMs())
    this.gate = new RequestGate({
      direction: 'consoleToConnector',
      endpoint: this.instance,
      bootNonce: this.bootNonce,
      groupOf: () => console.group,
      findKey: this.keys.find,
      senders: sendersOf(console.signer),
      clock: this.messageClock,
      operations: sampleOperations,
      trustSet: () => this.trustSet,
      contexts: new ReceiverContexts({ clock: this.clock }),
      ...gate,
    })
  }

  get recipient(): Recipient {
    return { endpoint: this.instance, publicKey: this.keys.publicKey, bootNonce: this.bootNonce }
  }

  receive(cargo: Uint8Array): Receipt {
    const receipt = this.gate.receive(cargo)
    if (receipt.kind === 'admitted') this.executed.push(receipt.opened.request.requestId)
    return receipt
  }

  /** @throws Error when the request is not admitted. */
  admit(cargo: Uint8Array): ReplyWriter {
    const receipt = this.receive(cargo)
    if (receipt.kind !== 'admitted') throw new Error(`not admitted: ${receipt.failure.code}`)
    return this.reply(receipt)
  }

  reply(receipt: Exclude<Receipt, { kind: 'unopened' }>): ReplyWriter {
    const { instance: endpoint, signer, batch, clock } = this
    return new ReplyWriter(receipt.opened, { endpoint, signer, batch, clock })
  }
}
