/**
 * A console reduced to what a connector sees of one, over a real relay, for tests.
 *
 * Sealing, signing and verifying are the real code; what a console decides is decided
 * here by what a test sets.
 *
 * @module
 */
import { createPublicKey } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { systemClock, type Clock } from '@sallygate/base/clock'
import { encodeJson } from '@sallygate/base/json'
import { silentLog } from '@sallygate/base/log'
import { dial, type HopClient, type Sending } from '@sallygate/dial'
import {
  ANNOUNCEMENT,
  answerWithDescriptor,
  authorityClock,
  decodeHello,
  decodeRenewal,
  decodeReport,
  encodeHelloAnswer,
  encodeRenewalAnswer,
  encodeReportAnswer,
  kindOf,
  openDescriptorQuery,
  openEnrollment,
  ReplyAssembler,
  ReplyWriter,
  requestIdOfReply,
  RequestGate,
  sealEnrollmentReply,
  sealRequest,
  SESSION_HELLO,
  SESSION_RENEW,
  sessionOperations,
  type CompleteReply,
  type Hello,
  type OpenedRequest,
  type Report,
  type RequestDraft,
  type XWingPublicKey,
} from '@sallygate/envelope'
import { encodeSecureChannel, signAdmission, signWith, type Address } from '@sallygate/hop'
import { relaySettings, startRelay, type Relay } from '@sallygate/relay'
import {
  decodeDone,
  decodeFailed,
  encodeFailed,
  TABLE_VERSION,
  type DoneAnswer,
  type FailedAnswer,
} from '@sallygate/service-kit'
import {
  certificatePem,
  codeId,
  codeMacKey,
  descriptorDigest,
  formatEnrollmentCode,
  makeEnrollmentCode,
  makeId,
  parseCertificate,
  readCertificateRequest,
  type EnrollmentCode,
  type InstanceId,
  type KeyId,
  type RelayId,
} from '@sallygate/trust'
import { Authority } from './authority.ts'

export interface Member {
  readonly instance: InstanceId
  readonly keyId: KeyId
  readonly publicKey: ReturnType<typeof createPublicKey>
  readonly point: Buffer
  address?: Address
  hello?: Hello
  encryptionKey?: XWingPublicKey
  reports: Report[]
  hellos: number
}

export interface CallOptions extends Partial<Omit<RequestDraft, 'operation' | 'parameters'>> {
  readonly instance?: InstanceId
  readonly withinMs?: number
  /** In place of the one the member said hello with. */
  readonly bootNonce?: string
}

export type CallAnswer =
  | ({ readonly outcome: 'done' } & DoneAnswer)
  | ({ readonly outcome: 'failed' | 'notStarted' } & FailedAnswer)

export class ConsoleStub {
  readonly directory = mkdtempSync(join(tmpdir(), 'sallygate-console-stub-'))
  readonly authority: Authority
  readonly clock: Clock
  readonly members = new Map<InstanceId, Member>()
  readonly codes = new Map<string, { readonly code: EnrollmentCode; isUsed: boolean }>()
  relay!: Relay
  client!: HopClient
  /** What a test wants to go wrong. */
  readonly whims = {
    silent: false,
    withoutTrustSet: false,
    refuseHello: undefined as string | undefined,
    sayHello: false,
    issueAt: undefined as Date | undefined,
    /** As the identity in the descriptor, instead of the group's signing key. */
    answersAsItself: false,
    claimedRelay: undefined as RelayId | undefined,
  }
  /** Every cargo that went to a connector, for replaying. */
  readonly sent: { readonly to: Address; readonly cargo: Buffer }[] = []
  /** The request each reply chunk that arrived belongs to. */
  readonly answered: string[] = []
  readonly #gate: RequestGate
  readonly #descriptors = new Set<string>()
  readonly #waiting = new Map<string, (cargo: Buffer) => void>()
  #admission = 0

  private constructor(authority: Authority, clock: Clock) {
    this.authority = authority
    this.clock = clock
    this.#gate = new RequestGate({
      direction: 'connectorToConsole',
      endpoint: authority.console,
      bootNonce: '00'.repeat(16),
      groupOf: () => authority.group,
      findKey: authority.keys.find,
      senders: (keyId) => [...this.members.values()].find((member) => member.keyId === keyId)?.publicKey,
      clock: authorityClock(clock),
      operations: sessionOperations,
      trustSet: 'issuer',
      earlyMs: 600_000,
      lateMs: 600_000,
    })
  }

  static async start(clock: Clock = systemClock): Promise<ConsoleStub> {
    const stub = new ConsoleStub(await Authority.make(clock), clock)
    await stub.#startRelay()
    stub.#dial()
    await stub.client.attached()
    await stub.#admit()
    return stub
  }

  get relayUrl(): string {
    return `wss://127.0.0.1:${this.relay.port}/awcm`
  }

  get caFile(): string {
    const file = join(this.directory, 'root.pem')
    writeFileSync(file, certificatePem(this.authority.root.certificate))
    return file
  }

  newCode(): string {
    const code = makeEnrollmentCode(this.authority.root.certificate)
    this.codes.set(toHex(codeId(code)), { code, isUsed: false })
    return formatEnrollmentCode(code)
  }

  /** The only member, or the one that is named. */
  member(instance?: InstanceId): Member {
    const [first] = instance === undefined ? this.members.values() : [this.members.get(instance)]
    if (first === undefined) throw new Error('no such member')
    return first
  }

  seal(operation: string, params: unknown, options: CallOptions = {}) {
    const { instance, withinMs = 5000, bootNonce, ...change } = options
    const member = this.member(instance)
    const { group } = this.authority
    const issuedAt = this.clock.now()
    const draft: RequestDraft = {
      direction: 'consoleToConnector',
      group,
      actingGroup: group,
      component: 'deviceServices',
      trustSetNumber: this.authority.trustSetNumber,
      operation,
      class: 'R',
      tableVersion: TABLE_VERSION,
      issuedAt,
      deadline: new Date(issuedAt.getTime() + withinMs),
      parameters: encodeJson(params),
      ...change,
    }
    if (member.encryptionKey === undefined) throw new Error('the member has not said hello')
    const recipient = {
      endpoint: member.instance,
      publicKey: member.encryptionKey,
      bootNonce: bootNonce ?? member.hello?.bootNonce ?? '',
    }
    return sealRequest(draft, recipient, this.authority.signer())
  }

  async call(operation: string, params: unknown, options: CallOptions = {}): Promise<CallAnswer> {
    const sealed = this.seal(operation, params, options)
    const member = this.member(options.instance)
    const assembler = new ReplyAssembler(sealed.pending, (keyId) =>
      keyId === member.keyId ? member.publicKey : undefined,
    )
    const { promise, resolve, reject } = Promise.withResolvers<CompleteReply>()
    const timer = setTimeout(() => reject(new Error(`no answer to ${operation}`)), (options.withinMs ?? 5000) + 1000)
    this.#waiting.set(sealed.requestId, (cargo) => {
      const progress = assembler.take(cargo)
      if (progress.kind === 'complete') resolve(progress)
    })
    // What the relay refuses to carry is told at once; the relay may be busy with what a test has sent before.
    this.deliver(member, sealed.cargo).fate.catch(reject)
    try {
      return answerOf(await promise)
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(sealed.requestId)
    }
  }

  /** Hands a cargo to a member, whatever is in it. */
  deliver(member: Member, cargo: Buffer): Sending {
    const to: Address = { role: 'connector', group: this.authority.group, instance: member.instance }
    this.sent.push({ to, cargo })
    const sending = this.client.send(to, cargo, { ttlMs: 5000 })
    sending.handed.catch(() => undefined)
    return sending
  }

  announce(member: Member): void {
    this.deliver(member, answerWithDescriptor(ANNOUNCEMENT, this.#descriptor()))
  }

  async revoke(instance: InstanceId): Promise<void> {
    this.members.delete(instance)
    await this.#admit()
  }

  async stop(): Promise<void> {
    await this.client.stop()
    await this.relay.stop()
    this.authority.keys.stop()
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #startRelay(): Promise<void> {
    const at = (name: string) => join(this.directory, name)
    const { certificate, privateKey } = await this.authority.tls()
    writeFileSync(at('tls.pem'), certificatePem(certificate))
    writeFileSync(at('tls.key'), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
    const channel = { relay: this.authority.relay, consoles: [this.authority.channelKey] }
    writeFileSync(at('channel.json'), encodeSecureChannel(channel))
    writeFileSync(at('token'), `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 })
    const values = {
      address: '127.0.0.1',
      port: 0,
      tlsCertificateFile: at('tls.pem'),
      tlsKeyFile: at('tls.key'),
      secureChannelFile: at('channel.json'),
      admissionFile: at('admission.bin'),
      tokenFile: at('token'),
      drainMs: '50ms',
    }
    const settings = relaySettings.parse([{ name: 'stub', values }])
    this.relay = await startRelay({ settings, clock: systemClock, log: silentLog })
  }

  #dial(): void {
    const { console, relay, identity, root } = this.authority
    this.client = dial({
      relayUrl: this.relayUrl,
      tls: { ca: [certificatePem(root.certificate)] },
      address: { role: 'console', group: '00'.repeat(16), instance: console },
      publicKey: this.authority.channelKey,
      sign: signWith(identity.privateKey),
      expectedRelay: relay,
      software: 'console-stub',
      log: silentLog,
      onCargo: (from, cargo, _ttlMs, acknowledge) => {
        acknowledge()
        void this.#arrived(from, cargo)
      },
    })
  }

  async #admit(): Promise<void> {
    const { relay, group, identity } = this.authority
    const entries = [...this.members.values()].map(({ instance, point: publicKey }) => ({
      role: 'connector' as const,
      group,
      instance,
      publicKey,
    }))
    const number = ++this.#admission
    const signed = await signAdmission({ relay, number, issuedAt: new Date(), entries }, signWith(identity.privateKey))
    await this.client.admit(number, signed)
  }

  #descriptor(): Buffer {
    const encoded = this.authority.descriptor()
    this.#descriptors.add(toHex(descriptorDigest(encoded)))
    return encoded
  }

  async #arrived(from: Address, cargo: Buffer): Promise<void> {
    switch (kindOf(cargo)) {
      case 'descriptorQuery':
        if (!this.whims.silent) this.#reply(from, answerWithDescriptor(openDescriptorQuery(cargo), this.#descriptor()))
        return
      case 'enrollmentRequest':
        await this.#enroll(from, cargo)
        return
      case 'replyChunk':
        this.answered.push(requestIdOfReply(cargo) ?? '')
        this.#waiting.get(requestIdOfReply(cargo) ?? '')?.(cargo)
        return
      case 'request':
        await this.#session(from, cargo)
        return
      case 'descriptor':
      case 'enrollmentReply':
      case undefined:
        return
    }
  }

  async #enroll(from: Address, cargo: Buffer): Promise<void> {
    const { authority } = this
    const opened = openEnrollment(cargo, authority.keys.find, {
      macKeyOf: (id) => {
        const known = this.codes.get(id)
        return known === undefined ? undefined : codeMacKey(known.code)
      },
      bootstrapKeyOf: (der) => parseCertificate(der).publicKey,
      isOwnDescriptor: (digest) => this.#descriptors.has(digest),
      isNew: () => true,
    })
    const { enrollment } = opened
    const known = this.codes.get(enrollment.codeId ?? '')
    const now = this.clock.now()
    if (known?.isUsed === true) {
      this.#reply(
        from,
        sealEnrollmentReply(
          opened,
          { kind: 'refused', failure: 'CONSOLE_CODE_USED' },
          authority.identity.privateKey,
          now,
        ),
      )
      return
    }
    if (known !== undefined) known.isUsed = true
    const request = readCertificateRequest(enrollment.certificateRequest)
    const instance = makeId<InstanceId>()
    const certificate = await authority.issue(instance, request.publicKey, this.whims.issueAt)
    const point = request.publicKey.export({ format: 'der', type: 'spki' }).subarray(26)
    this.members.set(instance, {
      instance,
      keyId: request.keyId,
      publicKey: request.publicKey,
      point,
      reports: [],
      hellos: 0,
    })
    await this.#admit()
    const enrolled = {
      console: authority.console,
      group: authority.group,
      groupName: 'Sample',
      instance,
      relay: this.whims.claimedRelay ?? authority.relay,
      certificate: certificate.der,
      groupAuthority: authority.groupAuthority.certificate.der,
      root: authority.root.certificate.der,
      trustSet: authority.trustSet(),
      time: now,
    }
    this.#reply(from, sealEnrollmentReply(opened, { kind: 'enrolled', enrolled }, authority.identity.privateKey, now))
  }

  async #session(from: Address, cargo: Buffer): Promise<void> {
    const receipt = this.#gate.receive(cargo)
    if (receipt.kind === 'unopened' || this.whims.silent) return
    const { opened } = receipt
    const writer = new ReplyWriter(opened, {
      endpoint: this.authority.console,
      signer: this.whims.answersAsItself ? this.authority.identitySigner() : this.authority.signer(),
      clock: this.clock,
    })
    const refusal = receipt.kind === 'refused' ? receipt.failure.code : this.whims.refuseHello
    if (refusal !== undefined) {
      const failure = { code: refusal, says: 'No.', fix: 'Ask again.', retry: 'later', details: {} } as const
      for (const part of writer.finish('notStarted', encodeFailed({ failure, spans: [] }))) this.#reply(from, part)
      return
    }
    const member = [...this.members.values()].find(({ keyId }) => keyId === opened.request.senderKeyId)
    if (member === undefined) return
    member.address = from
    for (const part of writer.finish('done', await this.#answer(member, opened))) this.#reply(from, part)
  }

  async #answer(member: Member, { request }: OpenedRequest): Promise<Buffer> {
    const { authority, whims } = this
    const said = { consoleTime: this.clock.now(), settingsGeneration: 0 }
    const newer = (number: number) =>
      whims.withoutTrustSet || number > authority.trustSetNumber ? undefined : authority.trustSet()
    if (request.operation === SESSION_HELLO) {
      const { hello, publicKey } = decodeHello(request.parameters)
      member.hello = hello
      member.encryptionKey = publicKey
      member.hellos++
      return encodeHelloAnswer({ ...said, bootNonce: hello.bootNonce, trustSet: newer(hello.trustSetNumber) })
    }
    if (request.operation === SESSION_RENEW) {
      const renewal = decodeRenewal(request.parameters)
      const certificate = await authority.issue(
        member.instance,
        readCertificateRequest(renewal.certificateRequest).publicKey,
      )
      const groupAuthority = authority.groupAuthority.certificate.der
      return encodeRenewalAnswer({ bootNonce: renewal.bootNonce, certificate: certificate.der, groupAuthority })
    }
    const report = decodeReport(request.parameters)
    member.reports.push(report)
    const { sayHello } = whims
    whims.sayHello = false
    return encodeReportAnswer({
      ...said,
      bootNonce: report.bootNonce,
      trustSet: newer(report.trustSetNumber),
      sayHello,
      auditHead: Buffer.from('a head'),
    })
  }

  #reply(to: Address, cargo: Buffer): void {
    this.client.send(to, cargo, { ttlMs: 5000 }).handed.catch(() => undefined)
  }
}

function answerOf({ outcome, payload }: CompleteReply): CallAnswer {
  return outcome === 'done' ? { outcome, ...decodeDone(payload) } : { outcome, ...decodeFailed(payload) }
}

/** An idempotency key as requests carry it. */
export const newKey = () => toHex(randomBytes(16))
