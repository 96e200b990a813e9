// Remembers how far a person has read, per chat and topic.

const GENERAL = 0;

/** Return the topic a message of `chat` stands in; 0 is General, and any chat without topics. */
export function topicOf(chat, message) {
  return chat.forum ? message.topic : GENERAL;
}

export class Reading {
  constructor() {
    this.upTo = new Map();
  }

  /** Count the messages of others that came after what was read; `topic` null counts them all. */
  unread(chat, messages, user, topic = null) {
    return messages.filter((message) => {
      const its = topicOf(chat, message);
      if (topic !== null && its !== topic) return false;
      return message.sender_id !== user && !message.service && message.id > this.last(chat.id, its);
    }).length;
  }

  /** Take everything in a topic for read. */
  read(chat, messages, topic) {
    const ids = messages.filter((each) => topicOf(chat, each) === topic).map((each) => each.id);
    this.upTo.set(`${chat.id}/${topic}`, Math.max(this.last(chat.id, topic), ...ids));
  }

  /** Take everything there is for read: a person who opens the page begins there. */
  readAll(chat, messages) {
    const topics = new Set(messages.map((message) => topicOf(chat, message)));
    for (const topic of topics) this.read(chat, messages, topic);
  }

  last(chat, topic) {
    return this.upTo.get(`${chat}/${topic}`) ?? 0;
  }
}
