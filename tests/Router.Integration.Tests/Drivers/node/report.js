// What the scripts of the JavaScript drivers share: one line for each case, and the servers that answered.
const pids = new Set();

exports.saw = (pid) => pids.add(pid);

exports.run = async (name, work) => {
  try {
    console.log(`${name}: ${JSON.stringify(await work())}`);
  } catch (error) {
    if (!error.code) console.error(error);
    console.log(`${name}: ${error.name} ${error.code} ${error.message}`);
  }
};

exports.end = () => console.log(`# servers ${pids.size}`);

exports.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
