//! What the road does when Redis is many servers and one of them dies. Nobody restarts anything here.

#[cfg(test)]
mod cluster;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod sentinels;
#[cfg(test)]
mod servers;
