/**
 * Floors: numbers that only rise. The app may keep them in a file.
 *
 * @module
 */

/** The highest protocol version and suite ever used with this group. Lower ones are refused from then on. */
export interface ProtocolFloor {
  highest(): { readonly version: number; readonly suite: number }
  /** Called only with values that are higher in one and lower in none. */
  raise(version: number, suite: number): void
}

export function protocolFloorInMemory(version = 1, suite = 1): ProtocolFloor {
  let highest = { version, suite }
  return {
    highest: () => highest,
    raise(toVersion, toSuite) {
      highest = { version: toVersion, suite: toSuite }
    },
  }
}

/** The last generation per object, for operations of class S. */
export interface GenerationFloor {
  last(object: string): number | undefined
  raise(object: string, generation: number): void
}

export function generationFloorInMemory(): GenerationFloor {
  const generations = new Map<string, number>()
  return {
    last: (object) => generations.get(object),
    raise: (object, generation) => void generations.set(object, generation),
  }
}
