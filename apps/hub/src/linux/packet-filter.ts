/**
 * Whether a packet filter of Linux lets anything in that was not asked for, from nftables (iptables-nft is in it).
 *
 * @module
 */

export const nftArguments = ['--json', 'list', 'ruleset'] as const

/**
 * @returns true when a chain on *input* drops or rejects by policy or by a rule; `undefined` otherwise: filters can
 *   also be in eBPF, in the older iptables or in front of the machine, so *off* is nothing this can tell.
 */
export function linuxPacketFilter(nftJson: string): true | undefined {
  try {
    const { nftables } = JSON.parse(nftJson) as { readonly nftables?: readonly Readonly<Record<string, unknown>>[] }
    const chains = (nftables ?? []).flatMap((entry) => chainOf(entry['chain']) ?? [])
    const input = chains.filter(({ hook }) => hook === 'input')
    const isInput = (rule: Readonly<Record<string, unknown>>) =>
      input.some(
        ({ family, table, name }) => rule['family'] === family && rule['table'] === table && rule['chain'] === name,
      )
    const rules = (nftables ?? []).flatMap((entry) => (isMembers(entry['rule']) ? [entry['rule']] : []))
    const drops = rules.some((rule) => isInput(rule) && hasVerdict(rule['expr']))
    return input.some(({ policy }) => policy === 'drop') || drops ? true : undefined
  } catch {
    return undefined
  }
}

type Members = Readonly<Record<string, unknown>>

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function chainOf(value: unknown) {
  if (!isMembers(value)) return undefined
  const { family, table, name, hook, policy } = value
  return { family, table, name, hook, policy }
}

function hasVerdict(expressions: unknown): boolean {
  return Array.isArray(expressions) && expressions.some((one) => isMembers(one) && ('drop' in one || 'reject' in one))
}
