import { connect } from 'node:net'
import { Client, EqualityFilter } from 'ldapts'
import { makeTlsAuthority, type TlsAuthority, type TlsServerIdentity } from '@sallygate/testkit/tls-server-identity'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ldapResult } from './server-connection.ts'
import { startLdapServer, type LdapServer } from './server.ts'
import { LdapTree } from './tree.ts'

let authority: TlsAuthority
let identity: TlsServerIdentity
let server: LdapServer
const guid = Buffer.from('a880ff000102030405060708090a0b0c', 'hex')

beforeAll(async () => {
  authority = await makeTlsAuthority()
  identity = await authority.issue(['localhost'])
  const tree = new LdapTree()
  tree.add('dc=x', { objectClass: ['top', 'domain'] })
  for (let index = 0; index < 250; index++) {
    tree.add(`uid=u${index},dc=x`, {
      objectClass: ['top', 'inetOrgPerson'],
      uid: `u${index}`,
      cn: `Person ${index}`,
      uidNumber: String(index),
      flags: index % 2 === 0 ? '514' : '512',
      ...(index === 7 ? { objectGUID: guid, mail: ['a@x.test', 'B@x.test'] } : {}),
    })
  }
  server = await startLdapServer(
    {
      tree,
      tls: identity,
      requireTls: true,
      sizeLimit: 100,
      authenticate: (_name, password) => ({
        result: ldapResult(password === 'right' ? 'success' : 'invalidCredentials'),
      }),
    },
    { host: '127.0.0.1', ldap: 0, ldaps: 0 },
  )
})
afterAll(() => server.stop())

/** An independent client: what it understands, others do too. */
async function withClient<T>(use: (client: Client) => Promise<T>, isBound = true): Promise<T> {
  const client = new Client({
    url: `ldaps://localhost:${server.ldapsPort}`,
    tlsOptions: { ca: authority.certificate },
    timeout: 3000,
  })
  try {
    if (isBound) await client.bind('uid=u1,dc=x', 'right')
    return await use(client)
  } finally {
    await client.unbind()
  }
}

const uids = (filter: string | EqualityFilter, paged = true) =>
  withClient(async (client) => {
    const { searchEntries } = await client.search('dc=x', { filter, ...(paged ? { paged: { pageSize: 50 } } : {}) })
    return searchEntries.map(({ uid }) => String(uid))
  })

describe('an independent client', () => {
  test.each([
    ['(uid=u7)', ['u7']],
    ['(UID=U7)', ['u7']],
    ['(mail=b@X.test)', ['u7']],
    ['(cn=*rson 24*)', ['u24', 'u240', 'u241', 'u242', 'u243', 'u244', 'u245', 'u246', 'u247', 'u248', 'u249']],
    ['(&(uidNumber>=10)(uidNumber<=11))', ['u10', 'u11']],
    ['(&(cn=Person 1*)(!(cn=Person 1?*))(uid=u1))', ['u1']],
    ['(&(flags:1.2.840.113556.1.4.803:=2)(uidNumber<=3))', ['u0', 'u2']],
    ['(|(uid=u1)(uid=u2)(nothing=x))', ['u1', 'u2']],
    ['(!(nothing=x))', []],
    ['(mail=*)', ['u7']],
  ])('finds with %s what it should', async (filter, expected) => {
    expect((await uids(filter)).toSorted()).toEqual(expected.toSorted())
  })

  test('finds by bytes', async () => {
    expect(await uids(new EqualityFilter({ attribute: 'objectGUID', value: guid }))).toEqual(['u7'])
  })

  test('gets everything in pages, and the limit without', async () => {
    expect(new Set(await uids('(objectClass=inetOrgPerson)')).size).toBe(250)
    await expect(uids('(objectClass=inetOrgPerson)', false)).rejects.toMatchObject({ code: 4 })
  })

  test('is refused with the right result', async () => {
    const search = (client: Client, base: string) => client.search(base, { filter: '(uid=*)' })

    await expect(withClient((client) => client.bind('uid=u1,dc=x', 'wrong'))).rejects.toMatchObject({ code: 49 })
    await expect(withClient((client) => client.bind('uid=u1,dc=x', ''))).rejects.toMatchObject({ code: 53 })
    await expect(withClient((client) => search(client, 'dc=x'), false)).rejects.toMatchObject({ code: 50 })
    await expect(withClient((client) => search(client, 'dc=y'))).rejects.toMatchObject({ code: 32 })
    await expect(withClient((client) => search(client, 'nonsense'))).rejects.toMatchObject({ code: 34 })
  })

  test('upgrades with StartTLS, and may not bind before', async () => {
    const client = new Client({ url: `ldap://localhost:${server.ldapPort}`, timeout: 3000 })
    try {
      await expect(client.bind('uid=u1,dc=x', 'right')).rejects.toMatchObject({ code: 13 })
      await client.startTLS({ ca: authority.certificate, servername: 'localhost' })
      await client.bind('uid=u1,dc=x', 'right')
    } finally {
      await client.unbind()
    }
  })
})

test('bytes that are no request get a notice, and the server lives on', async () => {
  const said = await new Promise<Buffer>((resolve) => {
    const parts: Buffer[] = []
    const socket = connect(server.ldapPort as number, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'))
    socket.on('data', (chunk: Buffer) => parts.push(chunk))
    socket.on('close', () => resolve(Buffer.concat(parts)))
  })

  expect(said.includes('1.3.6.1.4.1.1466.20036')).toBe(true)
  expect(await uids('(uid=u1)')).toEqual(['u1'])
})
