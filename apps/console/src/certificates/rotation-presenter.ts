/**
 * @module
 */
import type { Rotation } from '@sallygate/store'
import type { z } from 'zod'
import type { ConnectorProgress } from './rotation-progress.ts'
import type { endedRotationSchema, rotationSchema } from './rotation-schema.ts'

type Shown = z.infer<typeof rotationSchema>

export function presentEnded(rotation: Rotation): z.infer<typeof endedRotationSchema> {
  const { id, cause, scope, state, startedAt, startedBy, graceEndsAt, switchedAt, endedAt, leftBehind } = rotation
  return {
    id,
    cause,
    scope,
    state,
    says: words[state],
    startedAt: startedAt.toISOString(),
    startedBy,
    graceEndsAt: graceEndsAt.toISOString(),
    ...(switchedAt === undefined ? {} : { switchedAt: switchedAt.toISOString() }),
    ...(endedAt === undefined ? {} : { endedAt: endedAt.toISOString() }),
    ...(leftBehind === undefined ? {} : { leftBehind }),
  }
}

export function presentRotation(rotation: Rotation, progress: readonly ConnectorProgress[]): Shown {
  return {
    ...presentEnded(rotation),
    connectors: progress.map((one) => ({
      id: one.id,
      name: one.name,
      attached: one.isAttached,
      acknowledged: one.hasAcknowledged,
      renewed: one.hasRenewed,
      done: one.isDone,
      ...toDo(one, rotation),
    })),
  }
}

const words = {
  announced: 'The new keys are announced. They sign as soon as every attached connector knows them.',
  switched: 'The new keys sign. The old ones count until the grace ends, for connectors that are away.',
  done: 'The old keys have ended.',
  replaced: 'Another rotation took its place.',
} as const

function toDo(
  one: ConnectorProgress,
  { graceEndsAt, state }: Rotation,
): Pick<Shown['connectors'][number], 'says' | 'fix'> {
  if (one.isDone) return { says: 'It needs nothing of the old keys.' }
  if (!one.isAttached) {
    const until = graceEndsAt.toISOString().slice(0, 16).replace('T', ' ')
    return {
      says: 'It is away, and does not know the new keys yet.',
      fix: `Start it before ${until} UTC. After that it has to be enrolled again: sallygate connector enroll --replace.`,
    }
  }
  if (!one.hasAcknowledged)
    return {
      says: 'It is attached, and has not acknowledged the new keys yet.',
      fix: 'It does within a minute. If it does not, look in its log, or restart it.',
    }
  if (state === 'announced') return { says: 'It knows the new keys.' }
  return {
    says: 'It knows the new keys, and has not renewed its certificate yet.',
    fix: 'It tries again by itself, at least every hour. If it does not succeed, its log says why.',
  }
}
