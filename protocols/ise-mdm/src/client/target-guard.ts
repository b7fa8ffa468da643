/**
 * Keeps a connection away from addresses its caller does not admit, whatever a name says.
 *
 * @module
 */
import { lookup as resolveName, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { iseClientFailure } from './failures.ts'

export type Admits = (address: string) => boolean

/** A literal address is never looked up, so it is judged by itself. @throws ISE_CLIENT_TARGET_REFUSED. */
export function judgeLiteral(host: string, admits: Admits | undefined): void {
  if (admits !== undefined && isIP(host) !== 0 && !admits(host))
    throw iseClientFailure('TARGET_REFUSED', { details: { address: host } })
}

/** Judges what DNS says at the moment of connecting, so that a name cannot change its mind in between. */
export function guardedLookup(admits: Admits): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '')
      const admitted = (found as LookupAddress[]).filter(({ address }) => admits(address))
      const [first] = admitted
      if (first === undefined) {
        const address = (found as LookupAddress[])[0]?.address ?? ''
        return callback(iseClientFailure('TARGET_REFUSED', { details: { address } }) as NodeJS.ErrnoException, '')
      }
      if (options.all === true) return callback(null, admitted)
      callback(null, first.address, first.family)
    })
  }
}
