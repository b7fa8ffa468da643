/**
 * Challenges: what a proxy offers in `Proxy-Authenticate` (RFC 9110 11.6.1).
 *
 * A proxy writes them on lines of their own or several on one line, where a comma may
 * stand between two challenges or two parameters of one.
 *
 * @module
 */

export interface Challenge {
  /** Lower case. */
  readonly scheme: string
  /** The one value of schemes like NTLM and Negotiate. */
  readonly token?: string
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

const token = /[\w!#$%&'*+.^`|~-]+/y
const token68 = /[\w.~+/-]+=*(?=[ \t]*(?:,|$))/y
const parameter = /([\w!#$%&'*+.^`|~-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([\w!#$%&'*+.^`|~-]+))/y
const gap = /[ \t,]*/y
const space = /[ \t]+/y
const maxChallenges = 16

/** @returns what could be read; what is malformed ends its line. */
export function parseChallenges(lines: readonly string[]): readonly Challenge[] {
  return lines.flatMap(parseLine).slice(0, maxChallenges)
}

function parseLine(line: string): readonly Challenge[] {
  const challenges: Challenge[] = []
  let at = 0
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at
    const match = pattern.exec(line)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  for (take(gap); at < line.length; take(gap)) {
    const scheme = take(token)?.[0].toLowerCase()
    if (scheme === undefined) break
    const value = take(space) === null ? null : take(token68)
    const parameters = new Map<string, string>()
    if (value === null) {
      for (let pair = take(parameter); pair !== null; pair = take(parameter)) {
        const [, name = '', quoted, plain = ''] = pair
        parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? plain)
        const before = at
        take(gap)
        if (!isParameter(line, at)) {
          at = before
          break
        }
      }
    }
    challenges.push({ scheme, parameters, ...(value === null ? {} : { token: value[0] }) })
  }
  return challenges
}

function isParameter(line: string, at: number): boolean {
  parameter.lastIndex = at
  return parameter.test(line)
}
