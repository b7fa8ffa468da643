/**
 * The instance contract: what every connector instance does for the console,
 * whatever services it runs. Its agent is the connector itself.
 *
 * @module
 */
import { checkRowSchema, defineContract, operation } from '@sallygate/service-kit'
import { z } from 'zod'

const serviceName = z
  .string()
  .max(40)
  .regex(/^[a-z][A-Za-z-]*$/, 'the name of a service')

export const serviceStateSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('off') }),
  z.strictObject({ kind: z.literal('starting') }),
  z.strictObject({ kind: z.literal('healthy') }),
  z.strictObject({
    kind: z.literal('degraded'),
    code: z.string().max(100),
    reason: z.string().max(1000),
    fix: z.string().max(1000),
  }),
  z.strictObject({
    kind: z.literal('failed'),
    code: z.string().max(100),
    reason: z.string().max(1000),
    fix: z.string().max(1000),
  }),
])

/** Of one service on one instance. `generation` is that of the settings it has applied; 0: none yet. */
export const serviceStatusSchema = z.strictObject({
  service: serviceName,
  contractVersion: z.number().int(),
  abilities: z.array(z.string().max(60)).max(50),
  generation: z.number().int().nonnegative(),
  state: serviceStateSchema,
})

export type ServiceStatus = z.infer<typeof serviceStatusSchema>

export const instanceStatusSchema = z.strictObject({
  software: z.string().max(40),
  tableVersion: z.number().int(),
  tableDigest: z.string().max(64),
  startedAt: z.iso.datetime(),
  inFlight: z.number().int().nonnegative(),
  services: z.array(serviceStatusSchema).max(50),
  /** Digest of the local policy file, hex; empty if there is none. A change shows in the console. */
  policyDigest: z.string().max(64),
})

export type InstanceStatus = z.infer<typeof instanceStatusSchema>

const switchesFields = {
  isEnabled: z.boolean().default(true),
  /** By name; a service that is not named is not switched off. */
  services: z.record(serviceName, z.boolean()).default({}),
  /** By name; a component that is not named is not switched off. */
  components: z.record(z.string().max(40), z.boolean()).default({}),
}

/** What a connector carries and for whom. Only narrows: the policy file of its host stands above it. */
export const instanceSettingsSchema = z.strictObject({
  ...switchesFields,
  /** Stored until there is an updater. */
  autoUpdate: z.boolean().default(false),
  /** Groups that are served with other switches than the connector's own group. */
  actingGroups: z.record(z.string().regex(/^[0-9a-f]{32}$/), z.strictObject(switchesFields)).default({}),
  /** Where to dial from now on. What the host's own settings file says stands above it. */
  relayUrl: z.string().max(2048).optional(),
})

export type InstanceSettings = z.infer<typeof instanceSettingsSchema>
export type Switches = Pick<InstanceSettings, 'isEnabled' | 'services' | 'components'>

export const instanceContract = defineContract('instance', 1, {
  title: 'Connector',
  settings: {
    schema: instanceSettingsSchema,
    classification: {
      isEnabled: 'public',
      services: 'public',
      components: 'public',
      autoUpdate: 'public',
      actingGroups: 'public',
      relayUrl: 'public',
    },
    erasesSecrets: [],
  },
  operations: {
    check: operation({
      class: 'R',
      says: 'Checks the connector and its services, or one service.',
      params: z.strictObject({ service: serviceName.optional() }),
      result: z.strictObject({ rows: z.array(checkRowSchema).max(500) }),
      deadlineMs: 60_000,
      leastMs: 500,
    }),
    configure: operation({
      class: 'S',
      says: 'Gives a service, or the connector itself, its settings, or turns a service off.',
      params: z.strictObject({
        service: serviceName,
        /** `null` turns it off. Read by the schema of the service's own contract. */
        settings: z.record(z.string().max(60), z.unknown()).nullable(),
        /** Only rises. A lower one than the last is answered with what is in force, and changes nothing. */
        generation: z.number().int().positive(),
      }),
      secretParams: ['settings'],
      result: z.strictObject({ applied: z.boolean(), status: serviceStatusSchema }),
      deadlineMs: 20_000,
      leastMs: 200,
    }),
    status: operation({
      class: 'R',
      says: 'Says what runs here and how it is.',
      params: z.strictObject({}),
      result: instanceStatusSchema,
      deadlineMs: 5000,
      leastMs: 50,
    }),
  },
})

export type InstanceContract = typeof instanceContract
