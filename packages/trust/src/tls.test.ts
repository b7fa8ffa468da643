import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { expect, test } from 'vitest'
import { systemClock } from '@sallygate/base/clock'
import { certificatePem } from './certificate.ts'
import { makeId, type ConsoleId } from './identity.ts'
import { issueTlsServer, makeProductRoot } from './issue.ts'
import { holder } from './test-identities.ts'

// The runtime's TLS knows no other time than now.
const at = systemClock.now()
const root = await makeProductRoot({ console: makeId<ConsoleId>(), at })
const server = await holder((publicKey) =>
  issueTlsServer({ issuer: root, hosts: ['relay.example.com'], addresses: ['127.0.0.1'], publicKey, at }),
)

/** `undefined` when the handshake succeeds, else the error's code. */
async function handshake(servername: string, ca: string): Promise<string | undefined> {
  const listening = createServer({
    cert: certificatePem(server.certificate),
    key: server.privateKey.export({ format: 'pem', type: 'pkcs8' }),
  }).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  const socket = connect({ host: '127.0.0.1', port, servername, ca })
  try {
    await once(socket, 'secureConnect')
    return undefined
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code
  } finally {
    socket.destroy()
    listening.close()
    await once(listening, 'close')
  }
}

test('a server certificate of ours serves TLS to who trusts the root, under its name only', async () => {
  const stranger = await makeProductRoot({ console: makeId<ConsoleId>(), at })

  expect(await handshake('relay.example.com', certificatePem(root.certificate))).toBeUndefined()
  expect(await handshake('other.example.com', certificatePem(root.certificate))).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  expect(await handshake('relay.example.com', certificatePem(stranger.certificate))).toMatch(
    /SELF_SIGNED|UNABLE_TO|SIGNATURE/,
  )
})
