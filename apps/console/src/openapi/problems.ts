/**
 * What is the same for every operation of the document: problems, and how to prove who asks.
 *
 * @module
 */
import { consoleFailure } from '../failures.ts'
import { problemOf } from '../http/problem.ts'

export const problemSchema = {
  type: 'object',
  description: 'What was not done, why, and what to do about it (RFC 9457).',
  properties: {
    type: { type: 'string', description: 'Where the code is explained.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Never used again for something else.' },
    says: { type: 'string', description: 'What happened, for a person.' },
    fix: { type: 'string', description: 'What to do about it.' },
    retry: { enum: ['never', 'later', 'elsewhere'] },
    details: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
    traceId: { type: 'string', description: 'Finds the request in the log of the console.' },
  },
  required: ['type', 'title', 'status', 'code', 'says', 'fix', 'retry', 'details', 'traceId'],
} as const

export const problemResponse = {
  description: 'A problem, with what to do about it.',
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      example: problemOf(consoleFailure('NOT_FOUND'), '0123456789abcdef'),
    },
  },
} as const

/** What every row that needs proof can answer. */
export const problemStatuses = ['400', '401', '403', '404', '409', '429', 'default'] as const

export const securitySchemes = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, sgk_ and 43 characters.' },
  password: { type: 'http', scheme: 'basic', description: 'Name and password of an administrator.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'sallygate_session',
    description: 'Of a browser that signed in; what changes something also needs the header x-sallygate: web.',
  },
} as const
