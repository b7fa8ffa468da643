/**
 * The desks of a console and a connector that talks to them, without a network and on a clock of the test. Imported only from tests.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { silentLog } from '@sallygate/base/log'
import {
  encodeHello,
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
import { createMasterKey, openStore, type OrganizationGroup, type Store } from '@sallygate/store'
import { FakeClock } from '@sallygate/testkit'
import {
  codeId,
  codeMacKey,
  keyIdOf,
  makeCertificateRequest,
  makePrivateKey,
  parseEnrollmentCode,
  verifyDescriptor,
  type Descriptor,
} from '@sallygate/trust'
import { GroupAuthorities } from '../certificates/group-authorities.ts'
import { Installation } from '../certificates/installation.ts'
import { TrustSetIssuer } from '../certificates/trust-sets.ts'
import { upkeep } from '../certificates/upkeep.ts'
import { InstanceBook } from '../connectors/instance-book.ts'
import { Instances } from '../connectors/instances.ts'
import { SessionDesk } from '../connectors/session-desk.ts'
import { Sessions } from '../connectors/sessions.ts'
import { EnrollmentCodeBook } from '../enrollment/enrollment-codes.ts'
import { EnrollmentDesk } from '../enrollment/enrollment-desk.ts'
import { InstallerMaker } from '../enrollment/installers.ts'
import { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { DescriptorDesk } from '../relay/descriptor-desk.ts'

/** A connector's side, as little of it as there is. */
export interface Host {
  readonly privateKey: KeyObject
  readonly enrolled: Enrolled
  readonly bootNonce: string
}

export class DeskOffice {
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

/** What a connector says of itself. */
export function reportOf(host: Host) {
  return {
    bootNonce: host.bootNonce,
    trustSetNumber: 0,
    policyDigest: '00'.repeat(32),
    inFlight: 0,
    services: [],
    events: [],
  }
}
