/**
 * The templates of all mail over the API, and what they make of their variables.
 *
 * @module
 */
import { z } from 'zod'
import { consoleFailure } from '../failures.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import { renderMail } from './render.ts'
import { mailPath, type MailRouteParts } from './routes.ts'
import { previewBody, previewSchema, templateParams, templateSchema } from './schema.ts'
import { mailTemplateNames, templateOf } from './templates.ts'

export function templateRoutes({ groups }: Pick<MailRouteParts, 'groups'>): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: `${mailPath}/templates`,
      policy: 'services:read',
      says: 'Lists the templates of all mail, with the variables each may have.',
      params: groupParams,
      pages: { of: 'templates', by: ['name'] },
      result: z.strictObject({ templates: z.array(templateSchema) }),
      handler: async ({ params, actor }) => {
        await visibleGroup(groups, params.group, actor)
        return { templates: mailTemplateNames.map(presentTemplate) }
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${mailPath}/templates/:template/preview`,
      policy: 'services:edit',
      changes: false,
      says: 'Shows what a template makes of these variables, or of its examples. Nothing is sent.',
      params: templateParams,
      body: previewBody,
      result: previewSchema,
      handler: async ({ params, body, actor }) => {
        await visibleGroup(groups, params.group, actor)
        const { variables } = templateOf(params.template)
        const isKnown = (name: string) => Object.hasOwn(variables, name)
        if (!Object.keys(body.variables).every(isKnown))
          throw consoleFailure('INVALID_REQUEST', {
            details: { field: 'variables', expected: `some of ${Object.keys(variables).join(', ')}` },
          })
        const examples = Object.entries(variables).map(([name, { example }]) => [name, example] as const)
        return renderMail(params.template, { ...Object.fromEntries(examples), ...body.variables })
      },
    }),
  ]
}

function presentTemplate(name: (typeof mailTemplateNames)[number]): z.output<typeof templateSchema> {
  const { says, subject, variables } = templateOf(name)
  const list = Object.entries(variables).map(([variable, one]) => ({
    name: variable,
    says: one.says,
    example: one.example,
  }))
  return { name, says, subject, variables: list }
}
