/**
 * Asking a domain controller which site we are in: one datagram, a second of patience.
 *
 * The socket is tied to the one address that policy allowed, so nobody else can answer.
 * What it says only changes which servers go first.
 *
 * @module
 */
import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { decodeNetlogonAnswer, encodeNetlogonPing, type NetlogonAnswer } from '@sallygate/protocol-ldap'
import type { OperationContext, ServiceHost } from '@sallygate/service-kit'
import { within } from './deadline.ts'

const pingPort = 389
const waitMs = 1000
/** Asked side by side; the first that answers decides. */
const mostAsked = 3

export interface SiteAnswer {
  readonly site: string
  readonly server: string
}

/** @returns the site, or a sentence on why there is none. */
export async function askForSite(
  host: Pick<ServiceHost, 'target' | 'clock'>,
  domain: string,
  hosts: readonly string[],
  context: OperationContext,
): Promise<SiteAnswer | { readonly failure: string }> {
  const asked = hosts.slice(0, mostAsked)
  if (asked.length === 0) return { failure: 'There is no domain controller to ask.' }
  const answers = asked.map(async (server) => ({ server, answer: await ping(host, domain, server, context) }))
  try {
    const { server, answer } = await Promise.any(answers)
    if (answer.clientSite === '') return { failure: `No site of ${domain} has the network of this connector.` }
    return { site: answer.clientSite, server }
  } catch {
    return { failure: `No domain controller of ${domain} answered on UDP ${pingPort}.` }
  }
}

async function ping(
  host: Pick<ServiceHost, 'target' | 'clock'>,
  domain: string,
  server: string,
  context: OperationContext,
): Promise<NetlogonAnswer> {
  const { address, port } = await host.target(server, pingPort)
  const id = 1 + Math.floor(Math.random() * 0x7fff_fff0)
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  try {
    return await within(host.clock, context, waitMs, (signal) => {
      return new Promise<NetlogonAnswer>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        socket.on('error', reject)
        socket.on('message', (datagram) => {
          try {
            const answer = decodeNetlogonAnswer(id, datagram)
            if (answer !== undefined) resolve(answer)
          } catch (error) {
            reject(error as Error)
          }
        })
        // A connected socket takes datagrams from this address and port only.
        socket.connect(port, address, () => socket.send(encodeNetlogonPing(id, domain)))
      })
    })
  } finally {
    socket.close()
  }
}
