/**
 * What connectors say to the console, without a network and on a clock of the test.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes, sha256, toHex } from '@sallygate/base/bytes'
import { silentLog } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import {
  decodeHelloAnswer,
  decodeRenewalAnswer,
  decodeReportAnswer,
  encodeHello,
  encodeRenewal,
  encodeReport,
  importXWingPublicKey,
  makeXWingPrivateKey,
  NO_BOOT_NONCE,
  openEnrollmentReply,
  ReplyAssembler,
  sealEnrollment,
  sealRequest,
  type Enrolled,
  type EnrollmentAnswer,
  type Invitation,
} from '@sallygate/envelope'
import { decodeFailed } from '@sallygate/service-kit'
import { createMasterKey, openStore, type OrganizationGroup, type Store } from '@sallygate/store'
import { FakeClock } from '@sallygate/testkit'
import {
  codeId,
  codeMacKey,
  keyIdOf,
  makeCertificateRequest,
  makePrivateKey,
  openInstallerFile,
  parseCertificate,
  parseEnrollmentCode,
  thumbprints,
  verifyDescriptor,
  verifyTrustSet,
  type Descriptor,
} from '@sallygate/trust'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GroupAuthorities } from './certificates/group-authorities.ts'
import { Installation } from './certificates/installation.ts'
import { TrustSetIssuer } from './certificates/trust-sets.ts'
import { upkeep } from './certificates/upkeep.ts'
import { InstanceBook } from './connectors/instance-book.ts'
import { Instances } from './connectors/instances.ts'
import { SessionDesk } from './connectors/session-desk.ts'
import { Sessions } from './connectors/sessions.ts'
import { EnrollmentCodeBook } from './enrollment/enrollment-codes.ts'
import { EnrollmentDesk } from './enrollment/enrollment-desk.ts'
import { InstallerMaker } from './enrollment/installers.ts'
import { OrganizationGroups } from './organization-groups/organization-groups.ts'
import { DescriptorDesk } from './relay/descriptor-desk.ts'
import { warningsOf } from './status/warnings.ts'

const dayMs = 86_400_000
const relay = { enabled: true, externalUrl: 'https://relay.test/awcm', internalUrl: 'https://relay.test/awcm' }

/** A connector's side, as little of it as there is. */
interface Host {
  readonly privateKey: KeyObject
  readonly enrolled: Enrolled
  readonly bootNonce: string
}

class Office {
  readonly clock = new FakeClock()
  readonly home = mkdtempSync(join(tmpdir(), 'sallygate-desks-'))
  store!: Store
  group!: OrganizationGroup
  installation!: Installation
  authorities!: GroupAuthorities
  trustSets!: TrustSetIssuer
  groups!: OrganizationGroups
  book!: InstanceBook
  sessions!: Sessions
  descriptors!: DescriptorDesk
  instances!: Instances
  enrollment!: EnrollmentDesk
  session!: SessionDesk
  codes!: EnrollmentCodeBook
  installers!: InstallerMaker
  admissions = 0

  async open(): Promise<void> {
    const { clock } = this
    const masterKey = createMasterKey(join(this.home, 'master.key'))
    this.store = await openStore({ path: join(this.home, 'console.sqlite'), masterKey, clock, log: silentLog })
    this.installation = await Installation.open(this.store, clock, silentLog)
    this.authorities = new GroupAuthorities(this.store, clock, this.installation)
    this.trustSets = new TrustSetIssuer(this.store, clock, this.installation, this.authorities)
    this.groups = new OrganizationGroups(this.store, this.authorities)
    this.group = await this.groups.add('Acme')
    this.book = await InstanceBook.open(this.store, clock)
    this.sessions = new Sessions(clock, (instance) => this.book.find(instance)?.group)
    this.descriptors = new DescriptorDesk(this.installation, clock, () => {})
    const admit = () => Promise.resolve(void this.admissions++)
    const common = {
      store: this.store,
      clock,
      log: silentLog,
      installation: this.installation,
      authorities: this.authorities,
    }
    const shared = {
      ...common,
      trustSets: this.trustSets,
      book: this.book,
      descriptors: this.descriptors,
      sessions: this.sessions,
      admit,
    }
    this.enrollment = new EnrollmentDesk(shared)
    this.instances = new Instances({ revocations: { add: () => {} }, ...shared, drop: () => {} })
    this.session = new SessionDesk({
      ...shared,
      settingsGeneration: () => Promise.resolve(0),
      auditHead: () => undefined,
      onHeard: () => {},
      usedNewest: (entry) => this.instances.usedNewest(entry),
      renew: (entry, request) => this.instances.renew(entry, request),
    })
    this.codes = new EnrollmentCodeBook(this.store, clock, this.installation)
    this.installers = new InstallerMaker(this.store, clock, this.installation, this.authorities)
  }

  descriptor(): { readonly descriptor: Descriptor; readonly encoded: Buffer } {
    const encoded = this.descriptors.current()
    return { encoded, descriptor: verifyDescriptor(encoded, { root: this.installation.root, now: this.clock.now() }) }
  }

  async ask(invitation: Invitation, privateKey: KeyObject, name = 'host'): Promise<EnrollmentAnswer> {
    const { descriptor, encoded } = this.descriptor()
    const consoleKey = importXWingPublicKey(descriptor.encryptionKey)
    const certificateRequest = await makeCertificateRequest(privateKey)
    const { cargo, pending } = sealEnrollment(
      { certificateRequest, name, software: 'test', descriptor: encoded, consoleKey },
      invitation,
    )
    return openEnrollmentReply(await this.enrollment.receive(cargo), pending, descriptor.identity.publicKey)
  }

  async invitation(group = this.group, minutes = 60): Promise<Invitation> {
    const { code } = await this.codes.make(group, '', minutes)
    const parsed = parseEnrollmentCode(code.reveal())
    return { method: 'code', codeId: toHex(codeId(parsed)), macKey: codeMacKey(parsed) }
  }

  async host(group = this.group, name = 'host'): Promise<Host> {
    const privateKey = makePrivateKey()
    const answer = await this.ask(await this.invitation(group), privateKey, name)
    if (answer.kind !== 'enrolled') throw new Error(answer.failure)
    return { privateKey, enrolled: answer.enrolled, bootNonce: toHex(randomBytes(16)) }
  }

  /** Sends one session request and opens what comes back. */
  async say(
    host: Host,
    operation: string,
    parameters: Buffer,
    change: Record<string, unknown> = {},
    signWith = host.privateKey,
  ) {
    const { descriptor } = this.descriptor()
    const publicKey = importXWingPublicKey(descriptor.encryptionKey)
    const issuedAt = this.clock.now()
    const { group } = host.enrolled
    const draft = {
      ...({
        direction: 'connectorToConsole',
        group,
        actingGroup: group,
        component: 'other',
        trustSetNumber: 1,
        operation,
      } as const),
      ...({
        class: 'R',
        tableVersion: 1,
        issuedAt,
        deadline: new Date(issuedAt.getTime() + 10_000),
        parameters,
      } as const),
      ...change,
    }
    const signer = { keyId: keyIdOf(signWith), privateKey: signWith }
    const sealed = sealRequest(draft, { endpoint: descriptor.console, publicKey, bootNonce: NO_BOOT_NONCE }, signer)
    const replies: Uint8Array[] = []
    const send = () => this.session.receive(sealed.cargo, (reply) => void replies.push(reply))
    await send()
    const { signers } = await this.authorities.of(group)
    const { identity } = this.installation
    const senders = (keyId: string) =>
      [...signers, identity].find(({ certificate }) => certificate.keyId === keyId)?.certificate.publicKey
    const assembler = new ReplyAssembler(sealed.pending, senders)
    const progress = replies.map((reply) => assembler.take(reply)).at(-1)
    return { reply: progress?.kind === 'complete' ? progress : undefined, replies, again: send }
  }

  hello(host: Host, change: Record<string, unknown> = {}, signWith = host.privateKey) {
    const said = {
      instance: host.enrolled.instance,
      bootNonce: host.bootNonce,
      software: 'test',
      abilities: ['directory.search'],
      policyDigest: '00'.repeat(32),
      tableVersion: 1,
      trustSetNumber: 0,
    }
    return this.say(
      host,
      'session.hello',
      encodeHello({ ...said, ...change }, makeXWingPrivateKey().publicKey),
      {},
      signWith,
    )
  }

  upkeep(): Promise<void> {
    // No authority comes near its end here; rotations have their own test.
    const rotations = { running: () => undefined, regenerate: () => Promise.reject(new Error('not due')) }
    return upkeep({ ...this.parts(), log: silentLog, rotations })
  }

  parts() {
    const { store, clock, installation, authorities, trustSets, groups, book, sessions } = this
    return { store, clock, installation, authorities, trustSets, groups, book, sessions }
  }

  async close(): Promise<void> {
    this.descriptors.stop()
    await this.store.close()
    rmSync(this.home, { recursive: true, force: true })
  }
}

let office: Office
beforeEach(async () => {
  office = new Office()
  await office.open()
})
afterEach(() => office.close())

describe('enrolling', () => {
  test('by code gives an identity of the group, and the relay is told', async () => {
    const host = await office.host()

    expect(host.enrolled).toMatchObject({ group: office.group.id, groupName: 'Acme' })
    expect(parseCertificate(host.enrolled.certificate).keyId).toBe(keyIdOf(host.privateKey))
    expect(office.book.list(office.group.id)).toMatchObject([{ name: 'host', isRevoked: false }])
    expect(office.admissions).toBe(1)
  })

  test('with a code that has expired, or was used, is refused by name', async () => {
    const late = await office.invitation(office.group, 1)
    await office.clock.advance(61_000)
    const used = await office.invitation()
    await office.ask(used, makePrivateKey())

    const answers = [await office.ask(late, makePrivateKey()), await office.ask(used, makePrivateKey())]

    expect(answers).toMatchObject([
      { kind: 'refused', failure: 'CONSOLE_CODE_EXPIRED' },
      { kind: 'refused', failure: 'CONSOLE_CODE_USED' },
    ])
    expect(office.book.list()).toHaveLength(1)
  })

  test('with a code nobody made, or a wrong proof, gets no answer at all', async () => {
    const right = await office.invitation()
    if (right.method !== 'code') throw new Error('a code')

    await expect(office.ask({ ...right, codeId: '00'.repeat(16) }, makePrivateKey())).rejects.toMatchObject({
      code: 'ENVELOPE_CANNOT_OPEN',
    })
    await expect(office.ask({ ...right, macKey: randomBytes(32) }, makePrivateKey())).rejects.toMatchObject({
      code: 'ENVELOPE_CANNOT_OPEN',
    })
    expect((await office.store.enrollmentCodes.find(right.codeId))?.usedAt).toBeUndefined()
  })

  test('with a code made for one group never ends in another', async () => {
    const other = await office.groups.add('Other')

    const host = await office.host(other)

    expect(host.enrolled.group).toBe(other.id)
  })

  test('by installer counts its uses and its days', async () => {
    const made = await office.installers.make({
      group: office.group,
      certificatePassword: undefined,
      uses: 2,
      days: 3,
      relay,
    })
    const opened = await openInstallerFile(
      Buffer.from(made.installer),
      made.certificatePassword ?? new Secret(''),
      office.clock.now(),
    )
    const invitation = {
      method: 'bootstrap',
      certificate: opened.bootstrap.certificate.der,
      privateKey: opened.bootstrapKey,
    } as const
    const answers = [
      await office.ask(invitation, makePrivateKey()),
      await office.ask(invitation, makePrivateKey()),
      await office.ask(invitation, makePrivateKey()),
    ]

    expect(answers.map((answer) => (answer.kind === 'refused' ? answer.failure : answer.kind))).toEqual([
      'enrolled',
      'enrolled',
      'CONSOLE_INSTALLER_SPENT',
    ])
    const second = await office.installers.make({
      group: office.group,
      certificatePassword: new Secret('a password of ours'),
      uses: 5,
      days: 3,
      relay,
    })
    const late = await openInstallerFile(
      Buffer.from(second.installer),
      new Secret('a password of ours'),
      office.clock.now(),
    )
    await office.clock.advance(4 * dayMs)
    const answer = await office.ask(
      { method: 'bootstrap', certificate: late.bootstrap.certificate.der, privateKey: late.bootstrapKey },
      makePrivateKey(),
    )
    expect(answer).toMatchObject({ failure: 'CONSOLE_INSTALLER_SPENT' })
  })

  test('with the identity of an instance instead of an installer gets no answer', async () => {
    const { privateKey, enrolled } = await office.host()

    const attempt = office.ask({ method: 'bootstrap', certificate: enrolled.certificate, privateKey }, makePrivateKey())

    await expect(attempt).rejects.toMatchObject({ code: 'ENVELOPE_CANNOT_OPEN' })
  })
})

describe('a session', () => {
  test('is opened by a hello, answered with the time and a trust set that verifies', async () => {
    const host = await office.host()

    const { reply } = await office.hello(host)

    const answer = decodeHelloAnswer(reply?.payload ?? Buffer.alloc(0), host.bootNonce)
    const { root } = office.installation
    const authorities = [parseCertificate(host.enrolled.groupAuthority)]
    const set = verifyTrustSet(answer.trustSet ?? Buffer.alloc(0), {
      root,
      authorities,
      group: host.enrolled.group,
      floorNumber: 0,
      now: office.clock.now(),
    })
    expect(answer.consoleTime).toEqual(office.clock.now())
    expect(set.verifiedSigners.size).toBe(1)
    expect(office.sessions.of(host.enrolled.instance)?.software).toBe('test')
  })

  test('sends no trust set to whom it has sent it already', async () => {
    const host = await office.host()

    const { reply } = await office.hello(host, {
      trustSetNumber: (await office.trustSets.current(office.group.id)).number,
    })

    expect(decodeHelloAnswer(reply?.payload ?? Buffer.alloc(0), host.bootNonce).trustSet).toBeUndefined()
  })

  test('of a revoked instance is not opened, and nothing is answered', async () => {
    const host = await office.host()
    await office.hello(host)

    await office.instances.revoke(host.enrolled.instance)
    const { replies } = await office.hello(host)

    expect(replies).toEqual([])
    expect(office.sessions.of(host.enrolled.instance)).toBeUndefined()
    expect((await InstanceBook.open(office.store, office.clock)).find(host.enrolled.instance)?.isRevoked).toBe(true)
  })

  test('is not opened in the name of another instance', async () => {
    const host = await office.host()
    const other = await office.host(office.group, 'other')

    const { reply } = await office.hello(host, { instance: other.enrolled.instance })

    expect(reply?.outcome).toBe('notStarted')
    expect(office.sessions.of(other.enrolled.instance)).toBeUndefined()
  })

  test('of a connector of one group cannot speak for another group', async () => {
    const foreign = await office.host(await office.groups.add('Other'))
    const said = {
      ...foreign,
      enrolled: { ...foreign.enrolled, group: office.group.id as typeof foreign.enrolled.group },
    }

    const { replies } = await office.hello(said)

    expect(replies).toEqual([])
  })

  test('that is replayed is not opened again', async () => {
    const host = await office.host()
    const { replies, again } = await office.hello(host)
    const before = replies.length

    await again()

    expect(replies.length).toBe(before)
    expect(office.session.refusals.get('ENVELOPE_DUPLICATE')).toBe(1)
  })

  test('from a clock a quarter of an hour off is opened; from further off it is refused with words', async () => {
    const host = await office.host()
    const at = (offMs: number) => {
      const issuedAt = new Date(office.clock.now().getTime() + offMs)
      return { issuedAt, deadline: new Date(issuedAt.getTime() + 10_000) }
    }
    const say = (offMs: number) => office.say(host, 'session.report', encodeReport(report(host)), at(offMs))

    const outcomes = [await say(-14 * 60_000), await say(14 * 60_000), await say(-3_600_000), await say(3_600_000)].map(
      ({ reply }) => reply,
    )

    expect(outcomes.map((reply) => reply?.outcome)).toEqual(['done', 'done', 'notStarted', 'notStarted'])
    expect(decodeFailed(outcomes[2]?.payload ?? Buffer.alloc(0)).failure.code).toBe('ENVELOPE_EXPIRED')
  })

  test('that the console does not know is asked to say hello', async () => {
    const host = await office.host()

    const { reply } = await office.say(host, 'session.report', encodeReport(report(host)))

    expect(decodeReportAnswer(reply?.payload ?? Buffer.alloc(0), host.bootNonce).sayHello).toBe(true)
  })

  test('renews its certificate for the same key, and the old one is retired', async () => {
    const host = await office.host()
    await office.hello(host)
    await office.clock.advance(60 * dayMs)
    await office.upkeep()

    const request = await makeCertificateRequest(host.privateKey)
    const { reply } = await office.say(
      host,
      'session.renew',
      encodeRenewal({ bootNonce: host.bootNonce, certificateRequest: request }),
    )

    const { certificate } = decodeRenewalAnswer(reply?.payload ?? Buffer.alloc(0), host.bootNonce)
    expect(parseCertificate(certificate).notAfter.getTime()).toBeGreaterThan(office.clock.now().getTime() + 89 * dayMs)
    const rows = await office.store.certificates.list({ kind: 'instance' })
    expect(rows.map(({ status }) => status).toSorted()).toEqual(['active', 'retired'])
    expect((await InstanceBook.open(office.store, office.clock)).find(host.enrolled.instance)?.keys).toHaveLength(1)
  })

  test('may change its key: both count until the new one is used, also over a restart of the console', async () => {
    const host = await office.host()
    const next = makePrivateKey()
    const request = await makeCertificateRequest(next)
    await office.say(host, 'session.renew', encodeRenewal({ bootNonce: host.bootNonce, certificateRequest: request }))
    const restarted = (await InstanceBook.open(office.store, office.clock)).find(host.enrolled.instance)
    const old = await office.hello(host)

    const fresh = await office.hello(host, {}, next)
    const gone = await office.hello(host)

    expect(restarted?.keys.map(({ keyId }) => keyId)).toEqual([keyIdOf(next), keyIdOf(host.privateKey)])
    expect([old, fresh, gone].map(({ reply }) => reply?.outcome)).toEqual(['done', 'done', undefined])
  })

  test('ends with its certificate', async () => {
    const host = await office.host()

    await office.clock.advance(91 * dayMs)

    const entry = office.book.find(host.enrolled.instance)
    expect(entry && office.book.isGood(entry)).toBe(false)
  })
})

describe('upkeep', () => {
  test('a trust set is renewed after six hours, with a higher number', async () => {
    const first = await office.trustSets.current(office.group.id)
    const same = await office.trustSets.current(office.group.id)
    await office.clock.advance(6 * 3_600_000)

    const next = await office.trustSets.current(office.group.id)

    expect(same.number).toBe(first.number)
    expect(next.number).toBeGreaterThan(first.number)
  })

  test('T28: a number is above those of a later life, when an old backup was restored', async () => {
    const before = (await office.trustSets.renew(office.group.id)).number
    await office.clock.advance(dayMs)

    const after = (await office.trustSets.renew(office.group.id)).number

    expect(after - before).toBeGreaterThan(1000)
  })

  test('a new signing certificate is known a day before it signs', async () => {
    const { keyId: first } = (await office.authorities.signer(office.group.id)).certificate
    await office.clock.advance(61 * dayMs)
    await office.upkeep()

    const { signers } = await office.authorities.of(office.group.id)
    const during = (await office.authorities.signer(office.group.id)).certificate.keyId
    await office.clock.advance(dayMs)
    const later = (await office.authorities.signer(office.group.id)).certificate.keyId

    expect(signers).toHaveLength(2)
    expect(during).toBe(first)
    expect(later).toBe(signers[1]?.certificate.keyId)
  })

  test('an identity is renewed in time and descriptors go on verifying', async () => {
    const before = office.installation.identity.certificate.keyId
    await office.clock.advance(250 * dayMs)

    await office.upkeep()

    expect(office.installation.identity.certificate.keyId).not.toBe(before)
    expect(office.descriptor().descriptor.console).toBe(office.installation.console)
  })

  test('a descriptor never has less than half its life left, and is ours until it ends', async () => {
    const first = office.descriptors.current()
    await office.clock.advance(14 * 3_600_000)
    const second = office.descriptors.current()
    const digest = toHex(sha256(first))

    expect(second).not.toEqual(first)
    expect(office.descriptors.isOwn(digest)).toBe(true)
    await office.clock.advance(12 * 3_600_000)
    expect(office.descriptors.isOwn(digest)).toBe(false)
  })
})

describe('warnings', () => {
  const warnings = async (change: Partial<Parameters<typeof warningsOf>[0]['relay']> = {}) =>
    warningsOf({
      ...office.parts(),
      enrollment: office.enrollment,
      relay: { settings: relay, state: 'attached', refusal: undefined, ...change },
      lostRows: 0,
    })

  test('there are none when all is well', async () => {
    await office.host()

    expect(await warnings()).toEqual([])
  })

  test('a relay that is away, not set, or plain is said in red or yellow', async () => {
    const away = await warnings({ state: 'waiting' })
    const unset = await warnings({ settings: undefined, state: 'off' })
    const plain = await warnings({ settings: { ...relay, internalUrl: 'http://10.0.0.1:2001/awcm' } })

    expect([away, unset, plain].map(([first]) => [first?.code, first?.level])).toEqual([
      ['RELAY_AWAY', 'red'],
      ['RELAY_NOT_SET', 'yellow'],
      ['RELAY_PLAIN_HTTP', 'red'],
    ])
  })

  test.each([
    [59, []],
    [65, ['yellow', 'within 30 days']],
    [77, ['yellow', 'within 14 days']],
    [84, ['red', 'within 7 days']],
    [89.5, ['red', 'within 1 day ']],
    [91, ['red', 'has expired']],
  ] as const)('after %d days of 90 without renewal the end of a certificate is said as %j', async (days, expected) => {
    await office.host()
    await office.clock.advance(days * dayMs)
    await office.upkeep()

    const said = (await warnings()).filter(({ about }) => about === 'host')

    const [level, words] = expected
    expect(said).toHaveLength(expected.length === 0 ? 0 : 1)
    if (words !== undefined) expect(said[0]).toMatchObject({ level, says: expect.stringContaining(words) as string })
  })

  test('a trust set that was not renewed for half a day is said in red', async () => {
    await office.trustSets.current(office.group.id)
    await office.clock.advance(13 * 3_600_000)

    expect(await warnings()).toMatchObject([{ code: 'TRUST_SET_STALE', level: 'red', about: 'Acme' }])
  })

  test('a clone is said by name', async () => {
    const host = await office.host()
    await office.hello(host)
    await office.hello({ ...host, bootNonce: toHex(randomBytes(16)) })

    await office.say(host, 'session.report', encodeReport(report(host)))

    expect(await warnings()).toMatchObject([{ code: 'CLONED_CONNECTOR', level: 'red', about: 'host' }])
  })
})

test('thumbprints of a group’s certificates are those of its files', async () => {
  const { authority } = await office.authorities.of(office.group.id)
  const row = await office.store.certificates.current('groupAuthority', office.group.id)

  expect(thumbprints(authority)).toEqual(thumbprints(row ?? { der: Buffer.alloc(0) }))
})

function report(host: Host) {
  return {
    bootNonce: host.bootNonce,
    trustSetNumber: 0,
    policyDigest: '00'.repeat(32),
    inFlight: 0,
    services: [],
    events: [],
  }
}
