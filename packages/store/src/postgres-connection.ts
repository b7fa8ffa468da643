/**
 * Where a PostgreSQL server is and how it is spoken to; nothing here connects.
 *
 * Everything the driver would otherwise take from its environment is stated, so
 * that a variable meant for another program changes nothing.
 *
 * @module
 */
import { isIP } from 'node:net'
import type { PoolConfig } from 'pg'
import { readPrivateFile } from '@sallygate/base/file'
import type { Secret } from '@sallygate/base/secret'
import { storeFailure } from './failures.ts'

export interface PostgresConnection {
  /** A name, an address, or the directory of a socket on this machine. */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  /** Only this user may read it. Read anew for each connection, so that a password can be changed while work goes on. */
  readonly passwordFile?: string | undefined
  readonly password?: Secret | undefined
  /** `ca` in PEM, beside the authorities of this machine. Without TLS only a server on this machine is used. */
  readonly tls?: { readonly ca?: string | undefined } | undefined
}

/** How long things may take, and how many at once. */
export interface PostgresBounds {
  readonly connections: number
  /** For a connection to be made, or for one to become free. */
  readonly connectMs: number
  /** For one statement on the server. */
  readonly statementMs: number
  /** For a lock that another transaction has. */
  readonly lockMs: number
  /** A statement whose answer does not come, for the server or the way to it is gone. */
  readonly silenceMs: number
}

export const defaultBounds: PostgresBounds = {
  connections: 8,
  connectMs: 5000,
  statementMs: 10_000,
  lockMs: 5000,
  silenceMs: 15_000,
}

/** How a server and a database on it are named in failures. */
export function printPlace({ host, port, database }: PostgresConnection): string {
  return `${host}:${port}/${database}`
}

/** @throws STORE_TLS_NEEDED. */
export function driverConfig(connection: PostgresConnection, bounds: PostgresBounds): PoolConfig {
  const { host, port, database, user, tls } = connection
  if (tls === undefined && !isThisMachine(host)) {
    throw storeFailure('TLS_NEEDED', { details: { server: printPlace(connection) } })
  }
  return {
    host,
    port,
    database,
    user,
    // Always a function: without a password the driver would look for one in the home directory.
    password: () => readPassword(connection),
    ssl: tls === undefined ? false : { ...(tls.ca === undefined ? {} : { ca: tls.ca }), ...serverName(host) },
    application_name: 'sallygate console',
    keepAlive: true,
    max: bounds.connections,
    // A connection is also what keeps another console out: it stays while the store is open.
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: bounds.connectMs,
    statement_timeout: bounds.statementMs,
    lock_timeout: bounds.lockMs,
    query_timeout: bounds.silenceMs,
    // A transaction that hangs would keep its locks; the longest piece of work inside one takes milliseconds.
    idle_in_transaction_session_timeout: 30_000,
    types: { getTypeParser },
  }
}

function readPassword({ password, passwordFile }: PostgresConnection): string {
  if (password !== undefined) return password.reveal()
  if (passwordFile === undefined) return ''
  return readPrivateFile(passwordFile).toString('utf8').split(/\r?\n/, 1)[0] ?? ''
}

export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('/') || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** A name in the handshake for servers that have several certificates; an address is none (RFC 6066 3). */
function serverName(host: string): { servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {}
}

const asText = (value: string): unknown => value
/** `\x` and hex digits. */
const asBytes = (value: string): unknown => Buffer.from(value.slice(2), 'hex')

/** Types of https://www.postgresql.org/docs/15/catalog-pg-type.html: those of the schema and of what `count` and `select true` give. */
const parsers = new Map<number, (value: string) => unknown>([
  [16, (value) => value === 't'],
  [17, asBytes],
  [20, asWholeNumber],
  [21, asWholeNumber],
  [23, asWholeNumber],
])

function getTypeParser(type: number): (value: string) => unknown {
  return parsers.get(type) ?? asText
}

/** Every number of the schema was one in the program first; one that is not was written by somebody else. */
function asWholeNumber(value: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw storeFailure('CORRUPT', { details: { what: 'a number beyond 2^53' } })
  return number
}
