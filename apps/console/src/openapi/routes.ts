/**
 * @module
 */
import { z } from 'zod'
import { defineRoute, type Route } from '../http/route.ts'
import { openApiDocument, type OpenApiDocument } from './document.ts'
import { referencePage } from './reference-page.ts'
import { referenceStyle } from './reference-style.ts'

export function openApiRoutes(routes: () => readonly Route[]): readonly Route[] {
  // The rows never change while the console runs.
  let made: OpenApiDocument | undefined
  const document = () => (made ??= openApiDocument(routes()))
  return [
    defineRoute({
      method: 'GET',
      path: '/api/openapi.json',
      policy: 'proven',
      says: 'This description, as OpenAPI 3.1.',
      result: z.record(z.string(), z.unknown()),
      handler: () => ({ ...document() }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reference',
      policy: 'proven',
      says: 'This description, as a page.',
      result: z.string(),
      produces: 'html',
      handler: () => referencePage(document()),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reference/style.css',
      policy: 'proven',
      says: 'How that page looks.',
      result: z.string(),
      produces: 'css',
      handler: () => referenceStyle,
    }),
  ]
}
