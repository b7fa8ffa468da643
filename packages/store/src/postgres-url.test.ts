import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connectionOf, readPostgresUrl } from './postgres-url.ts'

describe('a database URL', () => {
  test.each([
    ['postgres://sally@db.example:6432/gate', { host: 'db.example', port: 6432, database: 'gate', user: 'sally' }],
    ['postgresql://sally@db.example/gate', { host: 'db.example', port: 5432, database: 'gate', user: 'sally' }],
    ['postgres://s%40lly@[::1]/g%20te', { host: '::1', port: 5432, database: 'g te', user: 's@lly' }],
    ['postgres://sally@%2Frun%2Fpg/gate', { host: '/run/pg', port: 5432, database: 'gate', user: 'sally' }],
  ])('%s says where the database is', (written, place) => {
    const read = readPostgresUrl(written)

    expect(read).toEqual(place)
  })

  test.each([
    ['mysql://sally@db/gate', 'scheme'],
    ['not a URL', 'scheme'],
    ['postgres://sally:hunter2@db/gate', 'password'],
    ['postgres://sally@db/gate?sslmode=disable', 'after the name'],
    ['postgres://sally@db/gate#x', 'after the name'],
    ['postgres://db/gate', 'user'],
    ['postgres://sally@db', 'database'],
    ['postgres://sally@db/gate/more', 'database'],
  ])('%s is refused, and the failure does not repeat it', (written, wrong) => {
    const reading = () => readPostgresUrl(written)

    expect(reading).toThrow(expect.objectContaining({ code: 'STORE_URL_MALFORMED', details: { wrong } }))
  })
})

describe('the connection that settings ask for', () => {
  test('is encrypted to every other machine, and in the clear only to this one', () => {
    const tlsTo = (host: string) => connectionOf({ database: `postgres://u@${host}/d` }).tls

    expect(['localhost', '127.0.0.1', '[::1]', '%2Frun'].map(tlsTo)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(['db.example', '192.0.2.1', '[2001:db8::1]', 'localhost.example'].map(tlsTo)).toEqual([{}, {}, {}, {}])
  })

  test('trusts the authority that is named, also on this machine', () => {
    const directory = mkdtempSync(join(tmpdir(), 'url-'))
    const databaseCaFile = join(directory, 'ca.pem')
    writeFileSync(databaseCaFile, 'an authority')

    const { tls } = connectionOf({ database: 'postgres://u@localhost/d', databaseCaFile })

    rmSync(directory, { recursive: true })
    expect(tls).toEqual({ ca: 'an authority' })
  })
})
