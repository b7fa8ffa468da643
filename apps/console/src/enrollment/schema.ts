/**
 * @module
 */
import { z } from 'zod'

export const newCodeSchema = z.strictObject({
  /** What the connector will be called; without it, what it calls itself. */
  name: z.string().max(128).default(''),
  validMinutes: z.number().int().min(1).max(60).default(60),
  /** The connector stands beside the console: it serves what is routed `direct`. */
  direct: z.boolean().default(false),
})

export const madeCodeSchema = z.strictObject({
  code: z.string(),
  expiresAt: z.iso.datetime(),
  /** What to run on the connector's host. */
  command: z.string(),
})

export const installerOrderSchema = z.strictObject({
  /** At least 14 characters; without it the console makes one. */
  certificatePassword: z.string().max(1024).optional(),
  uses: z.number().int().min(1).max(100).default(1),
  days: z.number().int().min(1).max(30).default(7),
})

export const madeInstallerSchema = z.strictObject({
  fileName: z.string(),
  installer: z.string(),
  certificatePassword: z.string().optional(),
  uses: z.number().int(),
  expiresAt: z.iso.datetime(),
})
