/**
 * What a PAC file answers: `PROXY a:3128; HTTPS b:443; DIRECT`, taken apart.
 *
 * @module
 */
import { isIP } from 'node:net'
import { proxyAt, type ProxyAddress } from './address.ts'

export type PacWay = { readonly kind: 'proxy'; readonly proxy: ProxyAddress } | { readonly kind: 'direct' }

const maxWays = 10

/** In its order. SOCKS and what nobody knows are left out. */
export function parsePacAnswer(answer: string): readonly PacWay[] {
  return answer
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .slice(0, maxWays)
    .flatMap((part): readonly PacWay[] => {
      if (/^DIRECT$/i.test(part)) return [{ kind: 'direct' }]
      const [, kind = '', host = '', port] =
        /^(PROXY|HTTP|HTTPS)\s+(\[[\da-f:.]+\]|[^\s:]+)(?::(\d{1,5}))?$/i.exec(part) ?? []
      if (host === '') return []
      const isTls = kind.toUpperCase() === 'HTTPS'
      const number = port === undefined ? (isTls ? 443 : 80) : Number(port)
      const bare = host.startsWith('[') ? host.slice(1, -1) : host
      const isGood = number > 0 && number < 65_536 && (isIP(bare) !== 0 || /^[\w.-]{1,253}$/.test(bare))
      return isGood ? [{ kind: 'proxy', proxy: proxyAt(isTls, bare, number) }] : []
    })
}
