// A second copy of waiting answers in the browser's database, written through to the disk: what is in the other storage
// only may be lost when the browser is killed within seconds. Where there is no such database, nothing is copied.

const PATIENCE = 2000; // a database that another page blocks must not keep the room shut

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}

function open() {
  const request = indexedDB.open("lungstudy", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("answers", { keyPath: "client_key" });
  return settled(request);
}

export class SecondCopy {
  constructor(assignment) {
    this.assignment = assignment;
    this.database = (async () => open())(); // may throw at once where it is forbidden
    this.database.catch(() => {});
  }

  async change(action) {
    try {
      const transaction = (await this.database).transaction("answers", "readwrite", { durability: "strict" });
      action(transaction.objectStore("answers"));
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      return true;
    } catch {
      return false;
    }
  }

  // Whether it is on the disk.
  put(answer) {
    return this.change((answers) => answers.put({ ...answer, assignment: this.assignment }));
  }

  remove(key) {
    return this.change((answers) => answers.delete(key));
  }

  all() {
    const late = new Promise((resolve) => setTimeout(() => resolve([]), PATIENCE));
    return Promise.race([late, this.read().catch(() => [])]);
  }

  async read() {
    const answers = (await this.database).transaction("answers").objectStore("answers");
    const all = await settled(answers.getAll());
    return all.filter((answer) => answer.assignment === this.assignment);
  }
}
