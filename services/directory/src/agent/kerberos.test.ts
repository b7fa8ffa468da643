/**
 * Binding by Kerberos: the order of steps, with a module that is simulated. The real one is in interop/directory.
 *
 * @module
 */
import { ldapResult, type LdapOperation } from '@sallygate/protocol-ldap'
import { startHostileDirectory, success } from '@sallygate/testkit/hostile-directory'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { afterEach, describe, expect, test } from 'vitest'
import { parseSettings } from '@sallygate/service-kit'
import { directoryContract } from '../contract.ts'
import { dial, type Dialer } from './dial.ts'
import { bindByKerberos, type KerberosModule } from './kerberos.ts'
import { planDirectory } from './plan.ts'
import { connect, search, stopAll, stops } from './testing/hostile.ts'

afterEach(stopAll)

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** One token, an empty one, then the layer: as MIT's library goes about it. */
function simulatedModule(offered = 1) {
  const asked: unknown[] = []
  let steps = 0
  const module: KerberosModule = {
    GSS_C_MUTUAL_FLAG: 2,
    GSS_C_SEQUENCE_FLAG: 8,
    GSS_MECH_OID_KRB5: 9,
    initializeClient: async (service, options) => {
      asked.push([service, options])
      return {
        get contextComplete() {
          return steps === 2
        },
        step: async (challenge) => {
          asked.push(['step', Buffer.from(challenge, 'base64').toString()])
          return steps++ === 0 ? base64('ticket') : null
        },
        unwrap: async (challenge) => {
          asked.push(['unwrap', Buffer.from(challenge, 'base64').toString()])
          return Buffer.from([offered, 0, 0, 0]).toString('base64')
        },
        wrap: async (data) => {
          asked.push(['wrap', Buffer.from(data, 'base64').toString('hex')])
          return base64('wrapped')
        },
      }
    },
  }
  return { module, asked }
}

const inProgress = (text: string): LdapOperation => ({
  kind: 'bindResponse',
  result: ldapResult('saslBindInProgress'),
  serverCredentials: Buffer.from(text),
})

async function bindTo(answers: readonly LdapOperation[], load: () => Promise<KerberosModule>) {
  const tokens: string[] = []
  const directory = await startHostileDirectory({
    script(reply) {
      const { operation } = reply.request
      if (operation.kind !== 'bindRequest' || operation.credentials.kind !== 'sasl') return false
      tokens.push(`${operation.credentials.mechanism} ${Buffer.from(operation.credentials.data ?? []).toString()}`)
      reply.send(answers[Math.min(tokens.length, answers.length) - 1] ?? success)
      return true
    },
  })
  stops.push(() => directory.stop())
  const server = { host: '127.0.0.1', port: directory.port, certificateName: 'dc1.corp.test' }
  const settings = parseSettings(directoryContract, {
    servers: [server],
    encryption: 'none',
    baseDn: 'dc=x',
    bindDn: undefined,
  })
  // Without TLS only here: what is tested is what is said inside it.
  const dialer: Dialer = { plan: { ...planDirectory(settings), bind: 'kerberos' }, host: testServiceHost() }
  const dialed = await dial(dialer, server, testContext())
  stops.push(async () => dialed.session.close())
  const bound = bindByKerberos(dialer, dialed, testContext(), load)
  return { tokens, bound }
}

describe('a bind by Kerberos', () => {
  test('shows the ticket of the server’s own name, and chooses no layer inside TLS', async () => {
    const { module, asked } = simulatedModule()
    const done: LdapOperation = { kind: 'bindResponse', result: ldapResult('success') }
    const answers = [inProgress('mutual'), inProgress('layers'), done]

    const { tokens, bound } = await bindTo(answers, async () => module)
    await bound

    expect(tokens).toEqual(['GSSAPI ticket', 'GSSAPI ', 'GSSAPI wrapped'])
    expect(asked[0]).toEqual(['ldap@dc1.corp.test', { mechOID: 9, gssFlag: 10 }])
    expect(asked.slice(1)).toEqual([
      ['step', ''],
      ['step', 'mutual'],
      ['unwrap', 'layers'],
      ['wrap', '01000000'],
    ])
  })

  test.each([
    ['a server that insists on a layer', 6, [inProgress('mutual'), inProgress('layers')], 'DIRECTORY_KERBEROS_FAILED'],
    ['a server that never ends', 1, [inProgress('again')], 'DIRECTORY_KERBEROS_FAILED'],
    [
      'a ticket that is refused',
      1,
      [{ kind: 'bindResponse', result: ldapResult('invalidCredentials') }],
      'DIRECTORY_BIND_REFUSED',
    ],
    [
      'a server without Kerberos',
      1,
      [{ kind: 'bindResponse', result: ldapResult('authMethodNotSupported') }],
      'DIRECTORY_SERVER_ERROR',
    ],
  ] as const)('%s', async (_name, offered, answers, code) => {
    const { bound } = await bindTo(answers, async () => simulatedModule(offered).module)

    await expect(bound).rejects.toMatchObject({ code })
  })

  test('what the library says is in the details', async () => {
    const failing = async () => ({
      ...simulatedModule().module,
      initializeClient: async () => Promise.reject(new Error('Client not found in Kerberos database')),
    })
    const { bound } = await bindTo([success], failing)

    await expect(bound).rejects.toMatchObject({
      code: 'DIRECTORY_KERBEROS_FAILED',
      details: { said: 'Client not found in Kerberos database' },
    })
  })
})

test('without TLS it is refused at start, before anybody connects', async () => {
  const life = await connect(1, { bind: 'kerberos', bindPassword: undefined })

  expect(life.state()).toMatchObject({ kind: 'failed', code: 'DIRECTORY_SETTING_INVALID' })
  await expect(search(life)).rejects.toMatchObject({ code: 'SERVICE_NOT_STARTED' })
})
