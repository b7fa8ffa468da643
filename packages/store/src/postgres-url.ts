/**
 * The database URL of a settings file: `postgres://user@host:5432/database`.
 *
 * A password in it would be shown wherever settings are shown, so it is refused;
 * so is anything after the name, which would look as if it had been obeyed.
 *
 * @module
 */
import { readFile } from '@sallygate/base/file'
import { storeFailure } from './failures.ts'
import { isThisMachine, type PostgresConnection } from './postgres-connection.ts'

const standardPort = 5432

/** @throws STORE_URL_MALFORMED. What was written is not in the failure: it may hold a password. */
export function readPostgresUrl(text: string): Pick<PostgresConnection, 'host' | 'port' | 'database' | 'user'> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const refuse = (wrong: string) => storeFailure('URL_MALFORMED', { details: { wrong } })
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) throw refuse('scheme')
  if (url.password !== '') throw refuse('password')
  if (url.search !== '' || url.hash !== '') throw refuse('after the name')
  const [host, user, database] = [url.hostname, url.username, url.pathname.slice(1)].map(decode)
  if (!host) throw refuse('host')
  if (!user) throw refuse('user')
  if (!database || database.includes('/')) throw refuse('database')
  const port = url.port === '' ? standardPort : Number(url.port)
  return { host: host.replace(/^\[|\]$/g, ''), port, database, user }
}

/** What the settings of a console say about its database. */
export interface DatabaseSettings {
  readonly database: string
  readonly databasePasswordFile?: string | undefined
  readonly databaseCaFile?: string | undefined
}

/**
 * With TLS to every other machine; to this one where an authority is named for it.
 *
 * @throws STORE_URL_MALFORMED, FILE_MISSING, FILE_UNREADABLE.
 */
export function connectionOf(settings: DatabaseSettings): PostgresConnection {
  const { databasePasswordFile: passwordFile, databaseCaFile: caFile } = settings
  const place = readPostgresUrl(settings.database)
  const ca = caFile === undefined ? undefined : readFile(caFile).toString('utf8')
  const isClear = ca === undefined && isThisMachine(place.host)
  return { ...place, passwordFile, tls: isClear ? undefined : { ca } }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}
