/**
 * The first start: what an administrator would do by hand with several machines, done through the same API.
 *
 * Every step looks first whether it has been done, so that a start that was
 * interrupted goes on where it stopped.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import type { Clock } from '@sallygate/base/clock'
import { writeFileAtomic } from '@sallygate/base/file'
import type { ConsoleClient } from './console-client.ts'
import { supervisorFailure } from './failures.ts'
import type { Home, PartName } from './home.ts'
import { connectorName, loopback, relayUrl, type Ports } from './settings-files.ts'

interface TlsCertificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** A server certificate with less than this left is replaced at the next start, long before anybody is warned. */
const renewBeforeMs = 60 * 86_400_000

export async function provideTlsCertificate(
  console_: ConsoleClient,
  home: Home,
  part: PartName,
  clock: Clock,
): Promise<void> {
  const certificateFile = home.of(part, 'tls.pem')
  if (existsSync(certificateFile) && existsSync(home.of(part, 'tls.key'))) {
    const { validToDate } = new X509Certificate(readFileSync(certificateFile))
    if (validToDate.getTime() - clock.now().getTime() > renewBeforeMs) return
  }
  const made = await console_.call<TlsCertificate>('POST', '/api/tls-certificates', {
    commonName: `Sallygate ${part}`,
    dnsNames: ['localhost'],
    ipAddresses: [loopback],
  })
  writeFileAtomic(home.of(part, 'tls.key'), made.privateKeyPem)
  writeFileAtomic(certificateFile, made.certificatePem, { mode: 0o644 })
}

export async function provideSecureChannel(console_: ConsoleClient, home: Home): Promise<void> {
  const file = home.of('relay', 'secure-channel.json')
  if (existsSync(file)) return
  writeFileAtomic(file, `${JSON.stringify(await console_.call('GET', '/api/relay/secure-channel'))}\n`)
}

/** A second start with other ports must not leave the console dialing the old ones. */
export async function connectRelay(console_: ConsoleClient, ports: Ports): Promise<void> {
  const url = relayUrl(ports)
  await console_.call('PUT', '/api/relay', { enabled: true, externalUrl: url, internalUrl: url })
}

export async function provideRootCertificate(console_: ConsoleClient, home: Home): Promise<string> {
  const file = home.of('connector', 'relay-ca.pem')
  const root = await console_.call<{ readonly pem: string }>('GET', '/api/certificates/root')
  if (!existsSync(file)) writeFileAtomic(file, root.pem, { mode: 0o644 })
  return root.pem
}

export function isEnrolled(home: Home): boolean {
  return existsSync(identityFile(home))
}

/** Whose connector this home's is, and which; `undefined` before it is enrolled. */
export function ownIdentity(home: Home): { readonly group: string; readonly instance: string } | undefined {
  if (!isEnrolled(home)) return undefined
  return JSON.parse(readFileSync(identityFile(home), 'utf8')) as { readonly group: string; readonly instance: string }
}

const identityFile = (home: Home) => home.of('connector', 'identity/enrollment.json')

export interface Group {
  readonly id: string
  readonly name: string
  /** Absent at the top. */
  readonly parent?: string
}

/** That of this home's connector; before there is one, the first at the top. @throws SUPERVISOR_PART_FAILED. */
export async function groupOf(console_: Pick<ConsoleClient, 'call'>, home: Home): Promise<Group> {
  const { groups } = await console_.call<{ readonly groups: readonly Group[] }>('GET', '/api/groups')
  const own = ownIdentity(home)?.group
  const found = groups.find(({ id }) => id === own) ?? groups.find(({ parent }) => parent === undefined)
  if (found !== undefined) return found
  throw supervisorFailure('PART_FAILED', { details: { part: 'console', missing: 'an organization group' } })
}

export interface EnrollOptions {
  /** The command line program. */
  readonly program: string
  /** Where compiled code is kept between starts. */
  readonly cacheDirectory: string
  /** Literal targets that the new policy file allows besides its defaults. */
  readonly allowedTargets: readonly string[]
  /** Ends it. */
  readonly signal: AbortSignal
}

/** Enrolls the connector with a one-time code, as an administrator on another host would. */
export async function enrollConnector(
  console_: ConsoleClient,
  home: Home,
  group: Group,
  ports: Ports,
  options: EnrollOptions,
): Promise<void> {
  if (isEnrolled(home)) return
  const { code } = await console_.call<{ readonly code: string }>('POST', `/api/groups/${group.id}/enrollment-codes`, {
    name: connectorName,
    validMinutes: 10,
  })
  const codeFile = home.of('connector', 'enrollment-code')
  writeFileAtomic(codeFile, `${code}\n`)
  try {
    const named: Readonly<Record<string, string>> = {
      '--home': home.of('connector', '.'),
      '--relay': relayUrl(ports),
      '--relay-ca': home.of('connector', 'relay-ca.pem'),
      '--code-file': codeFile,
      '--name': connectorName,
    }
    const allowed = options.allowedTargets.flatMap((target) => ['--allow-target', target])
    await runToEnd(['connector', 'enroll', ...Object.entries(named).flat(), ...allowed], options)
  } finally {
    rmSync(codeFile, { force: true })
  }
}

function runToEnd(args: readonly string[], { program, cacheDirectory, signal }: EnrollOptions): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: cacheDirectory },
    signal,
  })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) return resolve()
      const words = Buffer.concat(said).toString('utf8').trim().slice(-600)
      reject(supervisorFailure('PART_FAILED', { details: { part: 'connector enroll', says: words } }))
    })
  })
}
