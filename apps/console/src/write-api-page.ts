/**
 * Writes docs/api.md.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiPage } from './api-page.ts'
import { contracts, type Assembly } from './assembly.ts'
import { allRoutes } from './routes.ts'

// Rows are only read here; their handlers, which need the parts, never run.
writeFileSync(join(import.meta.dirname, '../../../docs/api.md'), apiPage(allRoutes({} as Assembly), contracts))
