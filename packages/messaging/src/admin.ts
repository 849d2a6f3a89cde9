import { type ConsumerGroup, consumerGroups, retryTopic } from '@florin/contracts';
import type { Admin } from './kafka.js';

export interface TopicSummary {
  /** Logical name, without the prefix of the installation. */
  readonly name: string;
  readonly partitions: number;
  /** Records between the first and the last offset of all partitions. */
  readonly records: number;
}

export interface GroupSummary {
  readonly group: string;
  readonly service: string;
  /** Kafka's state: Stable, PreparingRebalance, CompletingRebalance, Empty or Dead. */
  readonly state: string;
  readonly members: number;
  readonly lag: readonly { topic: string; partition: number; lag: number }[];
}

/** A read-only view of the cluster for operators. */
export class MessagingAdmin {
  constructor(
    private readonly admin: Admin,
    private readonly topicPrefix: string,
  ) {}

  async brokers(): Promise<readonly { id: number; address: string }[]> {
    const { brokers } = await this.admin.describeCluster();
    return brokers.map(({ nodeId, host, port }) => ({ id: nodeId, address: `${host}:${port}` }));
  }

  async topics(): Promise<TopicSummary[]> {
    const names = (await this.admin.listTopics()).filter(
      (name) => name.startsWith(this.topicPrefix) && !name.startsWith('__'),
    );
    return Promise.all(
      names.sort().map(async (name) => {
        const offsets = await this.admin.fetchTopicOffsets(name);
        const records = offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
        return { name: name.slice(this.topicPrefix.length), partitions: offsets.length, records };
      }),
    );
  }

  /** State and lag of every group of the platform, and of the group beside it that reads its retry topics. */
  async groups(): Promise<GroupSummary[]> {
    const declared: ConsumerGroup[] = Object.values(consumerGroups);
    const [states, existing] = await Promise.all([this.groupStates(), this.admin.listTopics()]);
    const summaries = declared.flatMap(({ name, service, topics }) => {
      // The service chose its retry delays: what it made of them is in Kafka.
      const prefixes = topics.map((topic) => this.topicPrefix + retryTopic(topic, name, ''));
      const retryTopics = existing
        .filter((topic) => prefixes.some((prefix) => topic.startsWith(prefix)))
        .map((topic) => topic.slice(this.topicPrefix.length))
        .sort();
      return [
        { group: name, service, topics },
        { group: `${name}.retry`, service, topics: retryTopics },
      ];
    });
    return Promise.all(
      summaries.map(async ({ group, service, topics }) => ({
        group,
        service,
        ...states.get(group)!,
        lag: await this.lagOf(group, topics),
      })),
    );
  }

  /** True when every group of the platform, and its retry group, has a member and is not rebalancing. */
  async everyGroupConsumes(): Promise<boolean> {
    const states = await this.groupStates();
    return [...states.values()].every(({ state, members }) => state === 'Stable' && members > 0);
  }

  private async groupStates(): Promise<Map<string, { state: string; members: number }>> {
    const names = Object.values(consumerGroups).flatMap(({ name }) => [name, `${name}.retry`]);
    const { groups } = await this.admin.describeGroups(names.map((name) => this.topicPrefix + name));
    const found = new Map(groups.map((group) => [group.groupId.slice(this.topicPrefix.length), group]));
    return new Map(
      names.map((name) => {
        const group = found.get(name);
        return [name, { state: group?.state ?? 'Dead', members: group?.members.length ?? 0 }];
      }),
    );
  }

  private async lagOf(group: string, topics: readonly string[]): Promise<GroupSummary['lag']> {
    if (topics.length === 0) return [];
    const committed = await this.admin.fetchOffsets({
      groupId: this.topicPrefix + group,
      topics: topics.map((topic) => this.topicPrefix + topic),
    });
    const perTopic = await Promise.all(
      committed.map(async ({ topic, partitions }) => {
        const ends = await this.admin.fetchTopicOffsets(topic);
        return partitions.map(({ partition, offset }) => {
          const end = ends.find((e) => e.partition === partition);
          // Kafka says −1 for a group that has not committed yet; it will start at the first record.
          const position = Number(offset) < 0 ? Number(end?.low ?? 0) : Number(offset);
          return {
            topic: topic.slice(this.topicPrefix.length),
            partition,
            lag: Math.max(0, Number(end?.high ?? 0) - position),
          };
        });
      }),
    );
    return perTopic.flat();
  }
}
