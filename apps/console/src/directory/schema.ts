/**
 * What setting up a directory asks and answers. The answers of the connector are the contract's own.
 *
 * @module
 */
import {
  basesParams,
  basesResult,
  directoryTypes,
  disabledRuleSchema,
  identifierKinds,
  previewParams,
  previewResult,
  serversParams,
  serversResult,
  statusResult,
  transitiveRules,
} from '@sallygate/service-directory/contract'
import { z } from 'zod'
import { failureSchema } from '../status/schema.ts'

/**
 * Settings nobody has saved yet, as the page would store them. A bind password that is left out, or given as it was
 * shown, is the stored one, as long as the settings lead to the same servers.
 */
const draft = z.record(z.string().max(60), z.unknown()).optional()
/** Only this connector, by id or name. */
const connector = z.string().min(1).max(256).optional()

export const basesBody = basesParams.extend({ settings: draft, connector })
export const previewBody = previewParams.extend({ settings: draft, connector })
export const serversBody = serversParams.extend({ settings: draft, connector })

const answeredBy = { connector: z.strictObject({ id: z.string(), name: z.string() }), durationMs: z.number() }

export const basesAnswer = basesResult.extend(answeredBy)
export const previewAnswer = previewResult.extend(answeredBy)
export const serversAnswer = serversResult.extend(answeredBy)

/** Each attached connector has its own servers in use; one that could not say has a failure. */
export const directoryStatusSchema = z.strictObject({
  connectors: z.array(
    z.strictObject({
      connector: z.strictObject({ id: z.string(), name: z.string() }),
      status: statusResult.optional(),
      failure: failureSchema.optional(),
    }),
  ),
})

const attributes = z.record(z.string(), z.string())

/** What holds where settings name nothing, for each kind of directory. */
export const directoryTypesSchema = z.strictObject({
  types: z.array(
    z.strictObject({
      type: z.enum(directoryTypes),
      userObjectClass: z.string(),
      groupObjectClass: z.string(),
      /** Absent: no filter besides the object class. */
      userFilter: z.string().optional(),
      identifier: z.strictObject({ attribute: z.string(), dataType: z.enum(identifierKinds) }),
      disabledRule: disabledRuleSchema,
      transitive: z.enum(transitiveRules),
      /** Attributes by logical field; a field that is not read is absent. */
      mapping: z.strictObject({ user: attributes, group: attributes }),
    }),
  ),
})
