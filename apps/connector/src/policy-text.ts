/**
 * policy.toml: from an administrator's text to a policy, or to the place that is wrong.
 *
 * Nothing is guessed. A key that does not exist is refused with the nearest one that
 * does, because a misspelled limit would be no limit. docs/policy.md explains the keys.
 *
 * @module
 */
import { sha256, toHex } from '@sallygate/base/bytes'
import { nearest } from '@sallygate/base/settings'
import type { AnyContract } from '@sallygate/service-kit'
import { parse, TomlError, type TomlTable } from 'smol-toml'
import { blockListOf } from './address.ts'
import { connectorFailure } from './failures.ts'
import type { Limits, Policy, ServicePolicy } from './policy.ts'
import { canonicalHost, parseTargetRule } from './target-rule.ts'

export const components = ['deviceServices', 'deviceManagement', 'selfService', 'other'] as const

/** More than any policy we have seen by a factor of a hundred; a larger one is a mistake. */
const maxBytes = 256 * 1024

/** @throws CONNECTOR_POLICY_BROKEN, with the key or line in its details. */
export function parsePolicy(content: Buffer, contracts: readonly AnyContract[]): Policy {
  if (content.length > maxBytes) throw broken('the file', `at most ${maxBytes} bytes`)
  const file = table(parseToml(content), 'the file', ['version', 'services', 'never'])
  if (file['version'] !== 1) throw broken('version', '1')
  const never = strings(file['never'] ?? [], 'never')
  const services = Object.entries(table(file['services'] ?? {}, 'services', contracts.map(nameOf)))
  return {
    digest: toHex(sha256(content)),
    services: new Map(services.map(([name, rules]) => [name, serviceOf(name, rules, contracts)])),
    never: {
      hosts: never.filter((entry) => !isRange(entry)).map((entry) => at('never', () => canonicalHost(entry))),
      addresses: never.filter(isRange).map((entry) => at('never', () => blockListOf(entry))),
    },
  }
}

function parseToml(content: Buffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content)
    return parse(text, { unsafeKeyBehaviour: 'throw' })
  } catch (cause) {
    const where = cause instanceof TomlError ? `line ${cause.line}, column ${cause.column}` : 'the file'
    throw connectorFailure('POLICY_BROKEN', { cause, details: { where, expected: 'TOML in UTF-8' } })
  }
}

function serviceOf(name: string, value: unknown, contracts: readonly AnyContract[]): ServicePolicy {
  const contract = contracts.find((candidate) => candidate.name === name) as AnyContract
  const here = `services.${name}`
  const known = Object.keys(contract.operations)
  const rules = table(value, here, ['operations', 'components', 'targets', 'groups', 'ratePerMinute'])
  const rates = Object.entries(table(rules['ratePerMinute'] ?? {}, `${here}.ratePerMinute`, known))
  const targets = strings(rules['targets'] ?? [], `${here}.targets`)
  return {
    operations: new Set(words(rules['operations'] ?? [], `${here}.operations`, known)),
    components: new Set(words(rules['components'] ?? [...components], `${here}.components`, components)),
    targets: targets.map((target) => at(`${here}.targets`, () => parseTargetRule(target))),
    groups: rules['groups'] === undefined ? undefined : groupsOf(rules['groups'], `${here}.groups`, contract),
    ratePerMinute: new Map(rates.map(([key, rate]) => [key, wholeNumber(rate, `${here}.ratePerMinute.${key}`)])),
  }
}

function groupsOf(value: unknown, here: string, contract: AnyContract): ReadonlyMap<string, Limits> {
  const limits = (group: string, row: unknown) =>
    Object.entries(table(row, `${here}.${group}`, Object.keys(contract.limits))).map(([name, entries]) => [
      name,
      strings(entries, `${here}.${group}.${name}`),
    ])
  return new Map(
    Object.entries(table(value, here)).map(([group, row]) => {
      if (group !== '*' && !/^[0-9a-f]{32}$/.test(group)) throw broken(here, 'group ids of 32 hex characters, or "*"')
      return [group, Object.fromEntries(limits(group, row)) as Limits]
    }),
  )
}

function table(value: unknown, where: string, known?: readonly string[]): TomlTable {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date) {
    throw broken(where, 'a table')
  }
  const unknown = Object.keys(value).find((key) => known !== undefined && !known.includes(key))
  if (unknown !== undefined) throw misspelled(where, unknown, known ?? [])
  return value as TomlTable
}

function strings(value: unknown, where: string): readonly string[] {
  if (!Array.isArray(value) || value.length > 1000 || !value.every((entry) => typeof entry === 'string')) {
    throw broken(where, 'a list of texts')
  }
  return value
}

function words(value: unknown, where: string, known: readonly string[]): readonly string[] {
  const list = strings(value, where)
  const unknown = list.find((entry) => !known.includes(entry))
  if (unknown !== undefined) throw misspelled(where, unknown, known)
  return list
}

function wholeNumber(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw broken(where, 'a number from 1')
  return value
}

function at<T>(where: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const { message } = cause as Error
    throw connectorFailure('POLICY_BROKEN', { cause, details: { where, expected: message.slice(0, 200) } })
  }
}

const isRange = (entry: string) =>
  entry.includes('/') || /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(entry) || /^[\d.]+$/.test(entry)
const nameOf = (contract: AnyContract) => contract.name
const broken = (where: string, expected: string) => connectorFailure('POLICY_BROKEN', { details: { where, expected } })

function misspelled(where: string, written: string, known: readonly string[]) {
  const details = { where, unknown: written.slice(0, 60), nearest: nearest(written.slice(0, 60), known) }
  return connectorFailure('POLICY_BROKEN', { details })
}
