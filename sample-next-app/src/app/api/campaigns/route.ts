import { mayStart, startCampaign } from '@/server/campaigns/simulation'
import { answer, forUsers, readJson, refuse, textOf } from '@/server/request'
import { sidecarDown } from '@/server/sidecar/pass-on'

/** As the contract takes it (`contracts/tracking.md` section 4). */
const LONGEST = 1_600
const MOST_RECIPIENTS = 20_000

const isWhole = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most

/** Starts a campaign at the pretended provider; its id is what the page tracks. */
export const POST = forUsers(async (request, { user }) => {
  const body = await readJson(request)
  const content = textOf(body, 'content')
  const { recipients, failing } = body
  if (content === '' || content.length > LONGEST) {
    return refuse(400, `A message has 1 to ${LONGEST} characters`, { field: 'content' })
  }
  if (!isWhole(recipients, 1, MOST_RECIPIENTS)) {
    return refuse(400, `There can be 1 to ${MOST_RECIPIENTS.toLocaleString('en')} recipients`, { field: 'recipients' })
  }
  if (!isWhole(failing, 0, 100)) return refuse(400, 'From 0 to 100 percent can fail', { field: 'failing' })
  if (!mayStart(user.userId)) return refuse(429, 'Three of your campaigns are under way. Wait for one to end.')
  const messageId = await startCampaign(user.userId, { content, recipients, failing })
  return messageId ? answer({ messageId }, 201) : sidecarDown()
})
