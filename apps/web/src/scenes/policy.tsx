/**
 * One compliance policy, or a new one: its rules, where it holds, and what it would change.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Answer } from '../parts/answer.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { policiesQuery } from '../policies/queries.ts'
import { visible } from '../text/directory-text.ts'
import { PolicyForm } from '../policies/policy-form.tsx'

const route = getRouteApi('/shell/groups/$group/policies/$policy')

export function PolicyScene() {
  const { group, policy: id } = route.useParams()
  const policies = useQuery(policiesQuery(group))
  const isNew = id === 'new'
  const found = policies.data?.find((policy) => policy.id === id)
  return (
    <Page
      title={isNew ? 'New compliance policy' : found === undefined ? 'Compliance policy' : visible(found.name)}
      says={
        <TextLink to="/groups/$group/policies" params={{ group }}>
          All policies
        </TextLink>
      }
    >
      <Answer of={policies}>
        {() =>
          found === undefined && !isNew ? (
            <Notice about="warning" says="This policy is not here any more." />
          ) : (
            <PolicyForm key={id} group={group} policy={found} />
          )
        }
      </Answer>
    </Page>
  )
}
