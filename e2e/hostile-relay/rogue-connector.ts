/**
 * A connector that somebody else has taken over: a true identity, and a will of its own.
 *
 * It is enrolled like any other and says a genuine hello, so the console sends it work.
 * What it does with it is up to the test. It has all that a connector has, its keys
 * included; it has nothing of the console's and nothing of its siblings'.
 *
 * @module
 */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { concat, encodeUtf8, randomBytes, toHex } from '@sallygate/base/bytes'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { dial, type HopClient } from '@sallygate/dial'
import {
  askForDescriptor,
  encodeHello,
  importXWingPrivateKey,
  importXWingPublicKey,
  NO_BOOT_NONCE,
  openDescriptorAnswer,
  openRequest,
  ReplyAssembler,
  ReplyWriter,
  sealRequest,
  SESSION_HELLO,
  SESSION_TABLE_VERSION,
  type CompleteReply,
  type OpenedRequest,
  type Signer,
  type XWingPublicKey,
} from '@sallygate/envelope'
import { connectorAddress, consoleAddress, rawPublicKey, signWith, type Address } from '@sallygate/hop'
import { TABLE_VERSION } from '@sallygate/service-kit'
import {
  keyIdOf,
  parseCertificatePem,
  verifyDescriptor,
  verifyTrustSet,
  type Certificate,
  type ConsoleId,
  type Descriptor,
  type GroupId,
  type InstanceId,
  type RelayId,
  type TrustSet,
} from '@sallygate/trust'
import * as hpke from 'hpke'

/** Header in front of the encapsulated key; then the key, then what is sealed. */
const [headerLength, encapsulatedLength] = [35, 1120]
const suite = new hpke.CipherSuite(hpke.KEM_MLKEM768_X25519, hpke.KDF_HKDF_SHA256, hpke.AEAD_AES_256_GCM)
const info = encodeUtf8('sallygate request v1')

interface Enrollment {
  readonly console: ConsoleId
  readonly group: GroupId
  readonly instance: InstanceId
  readonly relay: RelayId
  readonly relayUrl: string
}

export interface Work {
  readonly from: Address
  readonly cargo: Buffer
  readonly opened: OpenedRequest
}

export class RogueConnector {
  readonly enrollment: Enrollment
  readonly bootNonce = toHex(randomBytes(16))
  readonly signer: Signer
  /** Requests it was sent and could open, oldest first. */
  readonly work: Work[] = []
  /** What is sent back. Settings and everything else it is asked for come through here too. */
  behavior: (work: Work) => readonly Uint8Array[] = () => []
  readonly #privateKey: KeyObject
  readonly #root: Certificate
  readonly #seed = randomBytes(32)
  readonly #key = importXWingPrivateKey(this.#seed)
  readonly #trustSet: TrustSet
  readonly #client: HopClient
  #descriptor = Promise.withResolvers<Descriptor>()
  #queryId = ''
  #hello: { readonly assembler: ReplyAssembler; readonly answered: (reply: CompleteReply) => void } | undefined

  /** @param home Where a connector was enrolled. */
  constructor(home: string) {
    const read = (name: string) => readFileSync(join(home, 'identity', name))
    this.enrollment = JSON.parse(read('enrollment.json').toString('utf8')) as Enrollment
    const { group, instance, console, relay, relayUrl } = this.enrollment
    this.#privateKey = createPrivateKey(read('instance.key'))
    this.signer = { keyId: keyIdOf(this.#privateKey), privateKey: this.#privateKey }
    this.#root = parseCertificatePem(read('root.pem').toString('utf8'))
    const authorities = [parseCertificatePem(read('group-authority.pem').toString('utf8'))]
    const expected = { root: this.#root, authorities, group, console, floorNumber: 0, now: new Date() }
    this.#trustSet = verifyTrustSet(read('first-trust-set.bin'), expected)
    this.#client = dial({
      relayUrl,
      tls: { ca: [read('root.pem').toString('utf8')] },
      address: connectorAddress(group, instance),
      publicKey: rawPublicKey(this.#privateKey),
      sign: signWith(this.#privateKey),
      expectedRelay: relay,
      software: 'rogue/1',
      clock: systemClock,
      log: silentLog,
      onCargo: (from, cargo, _ttlMs, acknowledge) => {
        acknowledge()
        this.#receive(from, cargo)
      },
    })
  }

  get publicKey(): XWingPublicKey {
    return this.#key.publicKey
  }

  get console(): Address {
    return consoleAddress(this.enrollment.console)
  }

  /** Attaches and says hello. The console takes it for live afterwards. */
  async join(abilities: readonly string[] = ['directory.search', 'directory.authenticate']): Promise<CompleteReply> {
    await this.#client.attached()
    const { cargo, queryId } = askForDescriptor()
    this.#queryId = queryId
    void this.send(this.console, cargo)
    await this.#descriptor.promise
    return await this.hello({ abilities: [...abilities] })
  }

  /** @param change Lies: another instance, another group. */
  async hello(change: {
    readonly abilities?: string[]
    readonly instance?: InstanceId
    readonly group?: GroupId
  }): Promise<CompleteReply> {
    const { cargo, pending } = await this.helloCargo(change)
    const { promise, resolve } = Promise.withResolvers<CompleteReply>()
    const senders = (keyId: Parameters<Parameters<typeof openRequest>[2]>[0]) =>
      this.#trustSet.verifiedSigners.get(keyId)?.publicKey
    this.#hello = { assembler: new ReplyAssembler(pending, senders), answered: resolve }
    void this.send(this.console, cargo)
    return await promise
  }

  async helloCargo(change: Parameters<RogueConnector['hello']>[0]) {
    const descriptor = await this.#descriptor.promise
    const said = {
      instance: change.instance ?? this.enrollment.instance,
      bootNonce: this.bootNonce,
      software: 'rogue/1',
      abilities: change.abilities ?? [],
      policyDigest: '00'.repeat(32),
      tableVersion: TABLE_VERSION,
      trustSetNumber: this.#trustSet.number,
    }
    const issuedAt = new Date()
    const group = change.group ?? this.enrollment.group
    return sealRequest(
      {
        direction: 'connectorToConsole',
        group,
        actingGroup: group,
        component: 'other',
        trustSetNumber: this.#trustSet.number,
        operation: SESSION_HELLO,
        class: 'R',
        tableVersion: SESSION_TABLE_VERSION,
        issuedAt,
        deadline: new Date(issuedAt.getTime() + 10_000),
        parameters: encodeHello(said, this.publicKey),
      },
      {
        endpoint: descriptor.console,
        publicKey: importXWingPublicKey(descriptor.encryptionKey),
        bootNonce: NO_BOOT_NONCE,
      },
      this.signer,
    )
  }

  /** Writes genuine replies, as often as asked. */
  writer(opened: OpenedRequest): ReplyWriter {
    return new ReplyWriter(opened, { endpoint: this.enrollment.instance, signer: this.signer, clock: systemClock })
  }

  /** Resolves when it has left; a large answer has to be given piece by piece. */
  async send(to: Address, ...cargos: readonly Uint8Array[]): Promise<void> {
    for (const cargo of cargos) await this.#client.send(to, cargo, { ttlMs: 10_000 }).handed.catch(() => undefined)
  }

  /** Takes off the outer layer: the statement as the console signed it, with its padding. */
  async strip(cargo: Buffer): Promise<{ readonly header: Buffer; readonly signed: Buffer }> {
    const header = cargo.subarray(0, headerLength)
    const encapsulated = cargo.subarray(headerLength, headerLength + encapsulatedLength)
    const key = await suite.DeserializePrivateKey(this.#seed)
    const context = await suite.SetupRecipient(key, encapsulated, { info })
    const sealed = cargo.subarray(headerLength + encapsulatedLength)
    return { header, signed: Buffer.from(await context.Open(sealed, header)) }
  }

  async stop(): Promise<void> {
    await this.#client.stop()
  }

  #receive(from: Address, cargo: Buffer): void {
    if (cargo[0] === 4) return this.#describe(cargo)
    if (cargo[0] === 2) return this.#answer(cargo)
    if (cargo[0] !== 1) return
    const own = Buffer.from(cargo)
    const opened = this.#open(own)
    if (opened === undefined) return
    const work = { from, cargo: own, opened }
    this.work.push(work)
    void this.send(from, ...this.behavior(work))
  }

  /** Nothing that was sealed to somebody else. */
  #open(cargo: Buffer): OpenedRequest | undefined {
    const signers = this.#trustSet.verifiedSigners
    try {
      return openRequest(
        cargo,
        () => this.#key,
        (keyId) => signers.get(keyId)?.publicKey,
      )
    } catch {
      return undefined
    }
  }

  #describe(cargo: Buffer): void {
    try {
      const encoded = openDescriptorAnswer(cargo, this.#queryId)
      this.#descriptor.resolve(verifyDescriptor(encoded, { root: this.#root, now: new Date() }))
    } catch {
      // An announcement.
    }
  }

  #answer(cargo: Buffer): void {
    const progress = this.#hello?.assembler.take(cargo)
    if (progress?.kind === 'complete') this.#hello?.answered(progress)
  }
}

/** Puts what somebody signed into an envelope to somebody else. */
export async function reseal(header: Buffer, signed: Buffer, to: XWingPublicKey): Promise<Buffer> {
  const { encapsulatedSecret, ctx } = await suite.SetupSender(await suite.DeserializePublicKey(to.raw), { info })
  return concat(header, encapsulatedSecret, await ctx.Seal(signed, header))
}
